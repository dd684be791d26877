import AdapterProtocol
import Foundation

/// Compares what passes through an adapter that does nothing with lines that a program of the same runtime sends back,
/// through pipes of the same kind and with as many under way: what the protocol takes of each operation on a cache. A
/// program that does nothing but read and write, one line after the other, says what the pipe itself could carry.
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
    struct Row {
        let name: String
        let command: String
        /// The row that it is compared with; `nil` of lines that are sent back.
        var base: Int?
        /// Operations a second, by round.
        var rates: [Double] = []
    }

    static func main() async throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path
        let programs = "\(root)/Benchmarks/Adapters/Programs"
        let python = "PYTHONDONTWRITEBYTECODE=1 PYTHONPATH='\(root)/Adapters/python' exec python3"
        var rows = [
            Row(name: "lines, nothing else", command: "exec python3 '\(programs)/echo.py'"),
            Row(name: "lines, asyncio", command: "exec python3 '\(programs)/echo_asyncio.py'"),
            Row(name: "adapter, asyncio", command: "\(python) '\(programs)/null_asyncio.py'", base: 1),
            Row(name: "lines, threads", command: "exec python3 '\(programs)/echo_threads.py'"),
            Row(name: "adapter, threads", command: "\(python) '\(programs)/null_threads.py'", base: 3),
            Row(name: "lines, Node", command: "exec node '\(programs)/echo.js'"),
            Row(name: "adapter, Node", command: "exec node '\(programs)/null.js'", base: 5),
        ]
        for _ in 0..<rounds {
            for index in rows.indices {
                let time =
                    rows[index].base == nil
                    ? try await EchoedLines(command: rows[index].command).time(for: lines, open: open)
                    : try await time(of: rows[index].command)
                rows[index].rates.append(Double(lines) / time)
            }
        }
        print("\(lines) requests, \(open) under way at a time; medians of \(rounds) rounds, by round")
        for row in rows {
            let ratio = row.base.map { base in median(zip(row.rates, rows[base].rates).map { $0 / $1 }) }
            let name = row.name.padding(toLength: 20, withPad: " ", startingAt: 0)
            let comparison = ratio.map { String(format: "   %.2f × its lines", $0) } ?? ""
            print("\(name) \(String(format: "%8.0f/s", median(row.rates)))\(comparison)")
        }
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
