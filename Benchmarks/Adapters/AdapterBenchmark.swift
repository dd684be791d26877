import AdapterProtocol
import Foundation

/// Compares what passes through an adapter that does nothing with lines that a program of Python sends back, through
/// pipes of the same kind and with as many under way: what runner and runtime take of each operation on a cache.
///
///     swift run -c release adapter-benchmark
///
/// It prints medians of several rounds in one run; in each round every program has its turn.
@main
struct AdapterBenchmark {
    static let rounds = 7
    static let lines = 20_000
    /// How many are under way at a time.
    static let open = 16
    /// The ratio that is asked for.
    static let target = 0.5

    struct Row {
        let name: String
        let command: String
        /// Operations a second, by round.
        var rates: [Double] = []
    }

    static func main() async throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path
        let programs = "\(root)/Benchmarks/Adapters/Programs"
        let python = "PYTHONDONTWRITEBYTECODE=1 PYTHONPATH='\(root)/Adapters/python' exec python3"
        var rows = [
            Row(name: "lines that are sent back", command: "exec python3 '\(programs)/echo.py'"),
            Row(name: "Python, asyncio", command: "\(python) '\(programs)/null_asyncio.py'"),
            Row(name: "Python, threads", command: "\(python) '\(programs)/null_threads.py'"),
            Row(name: "Node", command: "exec node '\(programs)/null.js'"),
        ]
        for _ in 0..<rounds {
            for index in rows.indices {
                let time =
                    index == 0
                    ? try await EchoedLines(command: rows[index].command).time(for: lines, open: open)
                    : try await time(of: rows[index].command)
                rows[index].rates.append(Double(lines) / time)
            }
        }
        print("\(lines) requests, \(open) under way at a time; medians of \(rounds) rounds, by round")
        let echo = rows[0].rates
        for row in rows {
            let ratio = median(zip(row.rates, echo).map { $0 / $1 })
            let name = row.name.padding(toLength: 26, withPad: " ", startingAt: 0)
            print("\(name) \(String(format: "%8.0f/s   %.2f × the lines", median(row.rates), ratio))")
        }
        print("asked: \(target) × the lines")
    }

    /// Seconds for ``lines`` reads of a cache that has nothing.
    private static func time(of command: String) async throws -> Double {
        let process = AdapterProcess(AdapterProcess.Configuration(command: command)) { _ in .loaded(nil, tags: []) }
        _ = try await process.start(AdapterStart(workers: open, redis: nil, directory: "/tmp", namespace: ""))
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<open {
                group.addTask {
                    for _ in 0..<(lines / open) {
                        _ = try await process.ask(.read, worker: worker) { $0.key = "user:7" }
                    }
                }
            }
            try await group.waitForAll()
        }
        let time = start.duration(to: .now) / .seconds(1)
        if let error = await process.stop() { throw error }
        return time
    }

    static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}
