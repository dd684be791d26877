import Simulation
import Support

/// A program of some size that uses a little of everything: tasks, a lock, an actor, sleeps, points.
public enum Workload {
    /// What decides a schedule's worth: 20 tasks, 25 operations each.
    public static func run(tasks: Int = 20, operations: Int = 25) async {
        let store = Store()
        let counter = Counter()
        await withDiscardingTaskGroup { group in
            for task in 0..<tasks {
                group.addTask { await work(task, operations, store, counter) }
            }
        }
        Simulation.note("sum", store.sum)
    }

    private static func work(_ task: Int, _ operations: Int, _ store: Store, _ counter: Counter) async {
        var random = SeededRandom(seed: UInt64(task) &* 77)
        let clock = Simulation.clock
        for operation in 0..<operations {
            let key = random.below(16)
            let value = await store.read(key)
            await store.write(key, value + 1)
            if operation % 5 == 0 { await counter.count() }
            if operation % 10 == 0 {
                try? await clock.sleep(for: .milliseconds(1 + key))
            } else {
                await Simulation.point("end of operation")
            }
            Simulation.note("value", value)
        }
    }

    /// The hash of the trace hashes of `count` seeds, alternating random and priorities.
    public static func hash(seeds count: Int) throws -> UInt64 {
        var hash: UInt64 = 0
        for seed in 0..<UInt64(count) {
            let strategy = seed % 2 == 0 ? Strategy.random : .priorities(depth: 3)
            let run = try Simulation.run(seed: seed, strategy: strategy) { await Workload.run() }
            try run.get()
            hash = SeededRandom(seed: hash).split(number: run.trace.hash).seed
        }
        return hash
    }

    private final class Store: Sendable {
        private let values = Lock([Int](repeating: 0, count: 16))

        var sum: Int { values.withLock { $0.reduce(0) { $0 &* 31 &+ $1 } } }

        func read(_ key: Int) async -> Int {
            await Simulation.point("read")
            return values.withLock { $0[key] }
        }

        func write(_ key: Int, _ value: Int) async {
            await Simulation.point("write")
            values.withLock { $0[key] = value }
        }
    }

    private actor Counter {
        private var calls = 0

        func count() { calls += 1 }
    }
}
