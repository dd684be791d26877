import Foundation
import RedisClient

/// Measures the client. `redis-benchmark-swift SOCKET [default|loop]` does the work of floor.c and prints one line a
/// figure; `redis-benchmark-swift failures FOLDER` starts servers of its own and times their death and return.
@main
enum RedisBenchmark {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count >= 2 else {
            print("usage: redis-benchmark-swift SOCKET [default|loop] | failures FOLDER")
            exit(64)
        }
        if arguments[1] == "failures", arguments.count == 3 { return try await Failures.measure(folder: arguments[2]) }
        let onLoop = arguments.count > 2 && arguments[2] == "loop"
        let configuration = RedisConfiguration(endpoint: .unixSocket(path: arguments[1]))
        try await withTaskExecutorPreference(onLoop ? RedisEventLoop.shared : nil) {
            try await Throughput.measure(configuration)
            try await Publishing.measure(configuration, rounds: 2000, batch: 1, name: "publish-1x20")
            try await Publishing.measure(configuration, rounds: 200, batch: 100, name: "publish-100x20")
        }
    }

    static func report(_ name: String, _ value: Double) {
        print(name, String(format: "%.2f", value))
    }
}

func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
