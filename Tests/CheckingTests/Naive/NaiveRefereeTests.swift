import Checking
import History
import TestSupport
import Testing

import class Foundation.ProcessInfo

@Suite("The comparison with the naive referees finds the faults that checks had", .computing)
struct OldFaultTests {
    /// More than one history shows each fault, so that a change of the generator which loses some of them loses no
    /// fault.
    static let least = 3
    /// Those that every run of the comparison takes.
    static let histories: UInt64 = 5_000

    struct Suspicion: Sendable, CustomTestStringConvertible {
        var fault: OldFault
        var contest: Contest
        var testDescription: String { "\(fault.rawValue) (\(contest.name))" }

        static let all = OldFault.allCases.flatMap { fault in
            fault.contests.map { Suspicion(fault: fault, contest: $0) }
        }
    }

    @Test("Within the histories of every run", arguments: Suspicion.all)
    func isFound(suspicion: Suspicion) {
        var found = 0
        for number in 0..<Self.histories where found < Self.least {
            let (history, question) = suspicion.contest.trial(number)
            if suspicion.fault.verdict(question, history) != question.referee(history) { found += 1 }
        }
        #expect(found == Self.least)
    }

    @Test(
        "Times that differ by more than 64 bits hold are among them",
        arguments: [Contest.staleness, .streamingStaleness])
    func differencesOverflow(contest: Contest) {
        let count = (0..<Self.histories).count { number in
            let operations = contest.trial(number).history.operations
            return operations.contains { read in
                read.kind == .read
                    && operations.contains { write in
                        write.isWriteOrDelete && write.outcome == .ok && write.version > read.version
                            && read.start > write.end && read.start.subtractingReportingOverflow(write.end).overflow
                    }
            }
        }
        #expect(count > Self.least)
    }

    @Test("Ends of fills to which no lifetime can be added in 64 bits are among them")
    func deadlinesOverflow() {
        let count = (0..<Self.histories).count { number in
            Contest.expiry.trial(number).history.operations.contains {
                $0.kind == .fill && $0.outcome == .ok && $0.hasReturned && $0.end > Int64.max - 8
            }
        }
        #expect(count > Self.least)
    }
}

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
