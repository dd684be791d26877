import History
import TestSupport
import Testing

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
