import Dispatch
import Simulation
import Support

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// `simulation-benchmark` measures; `simulation-benchmark hash` prints the hash of 1,000 seeds' traces, for comparing
/// processes and builds; `simulation-benchmark profile NAME` runs one measurement for five seconds, for a profiler.
@main
struct SimulationBenchmark {
    static func main() throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        switch arguments.first {
        case "hash": print(String(try Workload.hash(seeds: 1_000), radix: 16))
        case "profile": try profile(arguments.dropFirst().first ?? "")
        case nil: for measurement in measurements { try measurement.report() }
        case let other?: print("\"\(other)\" is none of: hash, profile")
        }
    }

    static func profile(_ name: String) throws {
        guard let measurement = measurements.first(where: { $0.name == name }) else {
            return print("\"\(name)\" is none of: \(measurements.map(\.name).joined(separator: ", "))")
        }
        let start = ProcessorTime.seconds
        while ProcessorTime.seconds - start < 5 { _ = try measurement.once() }
    }

    struct Measurement: Sendable {
        let name: String
        let unit: String
        /// How many units one call did.
        let once: @Sendable () throws -> Int

        /// The best of three rounds of 0.4 seconds of processor time: what others do on the machine only makes a
        /// round slower.
        func report() throws {
            _ = try once()
            var best = 0.0
            for _ in 0..<3 {
                let start = ProcessorTime.seconds
                var units = 0
                while ProcessorTime.seconds - start < 0.4 { units += try once() }
                best = max(best, Double(units) / (ProcessorTime.seconds - start))
            }
            print("\(name): \(Int(best)) \(unit) a second of processor time")
        }
    }

    static let yields = 10_000

    static let measurements: [Measurement] = [
        Measurement(name: "yield-bare", unit: "yields") { bareYields() },
        Measurement(name: "yield-simulated", unit: "jobs") {
            try Simulation.run(limits: SimulationLimits(steps: .max / 4)) { await yield(yields) }.steps
        },
        Measurement(name: "point-switching", unit: "points") {
            try Simulation.run(strategy: .roundRobin, limits: SimulationLimits(steps: .max / 4)) {
                await withDiscardingTaskGroup { group in
                    for _ in 0..<20 { group.addTask { for _ in 0..<1_000 { await Simulation.point("point") } } }
                }
            }.steps / 2
        },
        whole("random", .random),
        whole("priorities", .priorities(depth: 3)),
        whole("first-come", .firstCome),
        whole("round-robin", .roundRobin),
        Measurement(name: "shrink", unit: "shrunk failures") { try shrink() },
        Measurement(name: "exhaust", unit: "schedules") {
            try Simulation.exhaust {
                await withDiscardingTaskGroup { group in
                    for _ in 0..<3 { group.addTask { for _ in 0..<2 { await Simulation.point("point") } } }
                }
            }.schedules
        },
        Measurement(name: "point-outside", unit: "points") { pointsOutside() },
    ]

    static func whole(_ name: String, _ strategy: Strategy) -> Measurement {
        Measurement(name: "whole-runs-\(name)", unit: "runs") {
            try Simulation.explore(schedules: 100, strategies: [strategy]) { await Workload.run() }.schedules
        }
    }

    /// Finds and shrinks a lost update: 10 tasks add twice each.
    static func shrink() throws -> Int {
        let additions = [[Int]](repeating: [1, 1], count: 10)
        do {
            try Simulation.explore(
                schedules: 1_000, strategies: [.random], input: additions, smaller: Simulation.withoutOne
            ) { additions in
                let sum = Sum()
                await withDiscardingTaskGroup { group in
                    for list in additions { group.addTask { for number in list { await sum.add(number) } } }
                }
                try Simulation.check(sum.value == additions.joined().reduce(0, +), "an addition is lost")
            }
            return 0
        } catch is ExplorationFailure {
            return 1
        }
    }

    static func yield(_ count: Int) async {
        for _ in 0..<count { await Task.yield() }
    }

    /// The same loop on the process's own executor.
    static func bareYields() -> Int {
        wait { await yield(yields) }
        return yields
    }

    static func pointsOutside() -> Int {
        wait { for _ in 0..<1_000_000 { await Simulation.point("outside") } }
        return 1_000_000
    }
}

/// Adds with a race.
private final class Sum: Sendable {
    private let sum = Lock(0)
    var value: Int { sum.withLock { $0 } }

    func add(_ number: Int) async {
        await Simulation.point("read")
        let before = value
        await Simulation.point("write")
        sum.withLock { $0 = before + number }
    }
}

/// Runs async work from synchronous code and waits for it.
func wait(_ work: @escaping @Sendable () async -> Void) {
    let done = DispatchSemaphore(value: 0)
    Task {
        await work()
        done.signal()
    }
    done.wait()
}

/// The processor time of this process. On a shared machine it is more exact than the elapsed time.
enum ProcessorTime {
    static var seconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
