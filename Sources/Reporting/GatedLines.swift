import Exploration
import History
import Judging

/// What an exploration on real processes says besides what it found: of which cache, how far it went, and what does not
/// count.
package struct GatedLines {
    package let lines: [String]

    /// - Parameter schedules: how many were run.
    package init(_ facts: GatedFacts, schedules: Int, failures: Int) {
        var lines: [String] = []
        if let subject = facts.subject {
            let promise = subject.promise.map { ", promises \($0)" } ?? ""
            lines.append("  gated: \(subject.title.printable)\(promise), on its own processes and a private Redis")
        }
        lines += facts.bounds.filter { $0.isComplete && $0.schedules > 0 }.map { bound in
            let orders =
                bound.deviations == 0 ? "the usual order" : "every order within \(bound.deviations) of the usual one"
            return "  visited: \(orders) of \(Figures.count(bound.programs, "program")) of "
                + "\(Figures.count(bound.operations, "operation")) (\(Figures.count(bound.schedules, "schedule")))"
        }
        if facts.random > 0 {
            lines.append("  drawn: \(Figures.count(facts.random, "schedule")) in random orders")
        }
        if facts.pairs > 0 {
            let share = Figures.plain(100 * Double(facts.pairsInBothOrders) / Double(facts.pairs))
            lines.append(
                "  met in both orders: \(Figures.count(facts.pairsInBothOrders)) of "
                    + "\(Figures.count(facts.pairs, "pair")) of messages that meet (\(share) %); the last new order "
                    + "was schedule \(Figures.count(facts.lastNew))")
        }
        let reasons = facts.failures.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        lines += reasons.prefix(3).map { reason, count in
            "  failed: \(Figures.count(count, "operation")): \(reason.printable)"
        }
        if let ending = facts.ending { lines.append("  the search ended early: \(ending.printable)") }
        if !facts.hasServed, schedules > 0 {
            lines.append("  not judged as a cache: it served nothing, and each of its reads asked the origin")
        }
        if facts.unrepeated > 0 {
            lines.append(
                "  left to chance: \(Figures.count(facts.unrepeated, "schedule")) did not begin as the one before did, "
                    + "by the same choices")
        }
        lines += facts.faults.map { fault in
            "  fault: \(fault.text.printable): "
                + (fault.unexplored
                    ?? "happened in \(Figures.count(fault.schedules, "schedule")), once, at a moment that is chosen")
        }
        if facts.void > 0 {
            lines.append(
                "  do not count: \(Figures.count(facts.void, "schedule")) in which a process moved by itself, by a "
                    + "timer or past the gates")
        }
        if let problem = facts.timeProblem { lines.append("  time is real: \(problem.printable)") }
        lines += facts.passingGates.map { "  passes the gates: \($0.printable)" }
        if facts.isProof == true, failures == 0, !facts.isDoubtful(of: schedules) {
            lines += Self.certificate(facts, schedules)
        }
        self.lines = lines
    }

    private static func certificate(_ facts: GatedFacts, _ schedules: Int) -> [String] {
        let bound = facts.bounds.map(\.deviations).max() ?? 0
        var lines = [
            "  certificate: every order within \(Figures.count(bound, "deviation")) of the usual one was visited: "
                + "\(Figures.count(schedules, "schedule")), 0 violations; programs:"
        ]
        lines += facts.programTexts.map { "    \($0.printable)" }
        lines.append(
            "  one step: a message between a worker, the cache, Redis and the origin; orders that only swap messages "
                + "that commute count once")
        lines.append(
            "  not explored: larger programs; orders of threads within a process between two messages; what passes the "
                + "gates")
        return lines
    }
}
