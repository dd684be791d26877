struct ReplayScheduler: Scheduler {
    private let codes: [UInt32]
    private var decision = 0

    init(_ schedule: Schedule) { codes = schedule.codes }

    mutating func choose(from runnable: Span<Int>, running: Int, mayGoOn: Bool) -> Int {
        let choice = decision < codes.count ? Choice(code: codes[decision]) : .usual
        decision += 1
        return choice.index(among: runnable, running: running, mayGoOn: mayGoOn)
            ?? Choice.usualIndex(among: runnable, running: running, mayGoOn: mayGoOn)
    }
}
