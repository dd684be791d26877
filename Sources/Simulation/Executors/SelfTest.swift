/// Tests that each kind of work that begins inside a simulation runs there.
/// It runs once in a process, before the first simulation. After a change in the runtime, `Simulation.prepare` then
/// throws an error, and no simulation gives a wrong result.
enum SelfTest {
    typealias Kind = (name: String, landsHere: @Sendable () async -> Bool)

    /// The kinds of work that run elsewhere.
    static let strays = strays(among: kinds)

    static func strays(among kinds: [Kind]) -> [String] {
        let engine = Engine()
        let limits = SimulationLimits(steps: 1_000, escapeGrace: .milliseconds(100))
        return kinds.compactMap { kind in
            let run = engine.run(seed: 1, limits: limits) { await kind.landsHere() }
            return run.value == true ? nil : kind.name + (run.value == nil ? " (\(run.outcome))" : "")
        }
    }

    static let kinds: [Kind] = [
        ("Task", { await Task { await isHereAfterYield() }.value }),
        ("detached Task", { await Task.detached { await isHereAfterYield() }.value }),
        ("immediate Task", { await Task.immediate { await isHereAfterYield() }.value }),
        (
            "task group",
            {
                await withTaskGroup(of: Bool.self) { group in
                    for _ in 0..<2 { group.addTask { await isHereAfterYield() } }
                    return await group.reduce(true) { $0 && $1 }
                }
            }
        ),
        (
            "async let",
            {
                async let first = isHereAfterYield()
                async let second = isHereAfterYield()
                return await (first, second) == (true, true)
            }
        ),
        ("actor", { await Probe().isHere() && Simulation.isActive }),
        ("Task on an actor", { await Task { await Probe().isHere() }.value }),
        ("default executor", { await withTaskExecutorPreference(nil) { await isHereAfterYield() } }),
        ("continuation", { await continuationLandsHere() }),
        ("AsyncStream", { await streamLandsHere() }),
        ("virtual clock", { (try? await Simulation.clock.sleep(for: .seconds(1))) != nil && Simulation.isActive }),
    ]

    private actor Probe {
        func isHere() async -> Bool {
            await Task.yield()
            return Simulation.isActive
        }
    }

    @Sendable
    private static func isHereAfterYield() async -> Bool {
        let wasHere = Simulation.isActive
        await Task.yield()
        return wasHere && Simulation.isActive
    }

    private static func continuationLandsHere() async -> Bool {
        await withCheckedContinuation { continuation in
            Task { continuation.resume() }
        }
        return Simulation.isActive
    }

    private static func streamLandsHere() async -> Bool {
        let (numbers, source) = AsyncStream<Int>.makeStream()
        async let sum = numbers.reduce(0, +)
        for number in 1...3 {
            source.yield(number)
            await Task.yield()
        }
        source.finish()
        return await sum == 6 && Simulation.isActive
    }
}
