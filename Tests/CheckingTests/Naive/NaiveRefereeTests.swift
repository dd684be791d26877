import Checking
import TestSupport
import Testing

import class Foundation.ProcessInfo

@Suite("Every check says what a naive referee says", .computing)
struct NaiveRefereeTests {
    /// `Scripts/deep/referees` sets the first two, to take many more histories.
    static let histories = number("COHERENCE_REFEREE_HISTORIES") ?? 5_000
    static let seed = number("COHERENCE_REFEREE_SEED") ?? Contest.seed
    /// The name of one contest, to look into a dispute.
    static let only = ProcessInfo.processInfo.environment["COHERENCE_REFEREE_CHECK"]

    @Test("On random histories", arguments: Contest.all.filter { only == nil || $0.name == only })
    func agreement(contest: Contest) {
        let outcome = contest.run(0..<Self.histories, seed: Self.seed)
        if !outcome.disputes.isEmpty {
            Issue.record("\(outcome.disputes)\n\(outcome.examples.joined(separator: "\n"))")
        }
        #expect(outcome.share(outcome.undecided) < 0.05)
        // Histories about which the referee never says one of the verdicts would prove little.
        for verdict in [Verdict.pass, .violation, .unknown] { #expect(outcome.share(of: verdict) > 0.03, "\(verdict)") }
    }

    private static func number(_ variable: String) -> UInt64? {
        ProcessInfo.processInfo.environment[variable].flatMap { UInt64($0) }
    }
}
