import BridgeTrial
import History
import Judging
import Scenarios

/// How much a report tells.
public enum ReportDetail: Sendable {
    /// The summary.
    case quiet
    /// A line for each scenario that passed, and of the others what is wrong.
    case usual
    /// Everything of every run.
    case verbose
}

extension TerminalReport {
    /// Lines for the runs of one scenario that passed, one a world.
    /// - Parameters:
    ///   - title: the scenario's name.
    ///   - results: of all its runs.
    ///   - isSeedTold: whether it is run with several seeds.
    public func lines(_ title: String, _ results: [ScenarioResult], isSeedTold: Bool = false) -> [String] {
        World.allCases.reversed().compactMap { world in
            let all = results.filter { $0.world == world && $0.skipReason == nil }
            let passed = all.filter { $0.verdict == .pass }
            guard !passed.isEmpty else { return nil }
            return FittingLine(title, passed, of: all.count, isSeedTold: isSeedTold, style).text
        }
    }

    /// The line for the run of an event bridge that passed.
    public func line(_ run: BridgeRun) -> String {
        let delivered = Int(clamping: run.trial?.delivered ?? 0)
        let warnings = run.targets.count { $0.isWarning }
        var facts: [FittingLine.Fact] = [
            (World.live.rawValue, 1), ("\(Figures.count(run.scenario.bridge.instances)) processes", 2),
            (Figures.count(delivered, "delivery", "deliveries"), 3), ("\(Figures.plain(run.duration)) s", 0),
        ]
        if warnings > 0 { facts.append((style.doubtful("\(Figures.count(warnings, "target")) at warning level"), 0)) }
        return FittingLine(run.verdict, run.scenario.name.printable, facts, style).text
    }
}
