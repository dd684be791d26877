import Exploration
import History

/// How far an exploration is, in one line: how much of the budget is spent, when it will be, and what was found.
public struct ExplorationProgress: Sendable {
    /// The scenario's name, with the variant in brackets.
    public var name: String
    /// Which of the variants it is, counted from 1.
    public var number: Int
    /// How many variants there are.
    public var total: Int
    /// How many schedules are run at most; `nil` if that says nothing about the end.
    public var schedules: Int?
    /// For how many seconds at most; `nil` if there is no such limit.
    public var seconds: Double?
    /// How many variants before this one fail.
    public var failed = 0

    /// - Parameters:
    ///   - number: which of the variants it is, counted from 1.
    ///   - total: how many there are.
    public init(_ name: String, number: Int, of total: Int, schedules: Int? = nil, seconds: Double? = nil) {
        self.name = name
        self.number = number
        self.total = total
        self.schedules = schedules
        self.seconds = seconds
    }

    /// - Parameters:
    ///   - elapsed: seconds since the first variant began.
    ///   - own: seconds since this one began.
    public func text(_ progress: ScenarioExplorer.Progress, elapsed: Double, own: Double) -> String {
        let place = total > 1 ? "\(Figures.count(number)) of \(Figures.count(total)): " : ""
        let whole = schedules.map { " of \(Figures.count($0))" } ?? ""
        let distinct = (progress.isDistinctExact ? "" : "about ") + Figures.count(progress.distinct)
        var parts = [
            "\(Figures.count(progress.schedules))\(whole) schedules", "\(distinct) distinct",
            "\(Figures.plain(Double(progress.schedules) / max(own, 0.001)))/s",
            RunProgress.time(elapsed) + (seconds.map { " (limit \(RunProgress.time($0)) each)" } ?? ""),
        ]
        if progress.isShrinking {
            parts.append("shrinking what was found")
        } else if let left = left(progress, own) {
            parts.append("at most about \(RunProgress.time(left)) left")
        }
        if progress.found > 0 { parts.append("\(Figures.count(progress.found)) fail") }
        if failed > 0 { parts.append("\(Figures.count(failed, "variant")) before it failed") }
        if progress.found == 0, failed == 0 { parts.append("none fails") }
        return "\(place)\(name.printable): \(parts.joined(separator: ", "))"
    }

    /// Seconds until the last variant has spent its budget, if they are all as fast as this one. What finds a failure
    /// ends before.
    private func left(_ progress: ScenarioExplorer.Progress, _ own: Double) -> Double? {
        let shares = [
            schedules.map { Double(progress.schedules) / Double(max($0, 1)) }, seconds.map { own / max($0, 0.001) },
        ].compactMap { $0 }
        guard let share = shares.max(), share > 0.01 else { return nil }
        let whole = own / min(share, 1)
        return max(0, whole - own) + whole * Double(max(0, total - number))
    }
}
