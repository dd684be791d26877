/// How long the runs of each strategy were: a strategy that places something in a run has to know how long it will be.
///
/// Kept apart by strategy, since a strategy decides how often there is a choice: one that lets a task run on meets
/// fewer than one that always changes.
package struct StrategyTuning: Sendable, Hashable {
    private var decisions: [String: Int] = [:]
    /// Of the last run of any strategy: a first guess for one that has not run yet.
    private var last = 100

    package init() {}

    /// How many decisions a strategy's next run will probably have: as many as its last one had.
    package func decisions(of strategy: Strategy) -> Int { decisions[strategy.name] ?? last }

    mutating func learn(_ count: Int, of strategy: Strategy) {
        guard count > 0 else { return }
        decisions[strategy.name] = count
        last = count
    }
}
