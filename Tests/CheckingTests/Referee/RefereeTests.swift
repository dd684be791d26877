import Checking
import Foundation
import History
import TestSupport
import Testing

/// The fast checks against the search, which shares nothing with them but the definition.
@Suite("The fast checks agree with the search", .computing)
struct RefereeTests {
    /// Unoptimised, the checks are some thirty times slower, so debug builds take every so many of the cases unless
    /// they are told to take all.
    static let isComplete: Bool = {
        #if DEBUG
            ProcessInfo.processInfo.environment["COHERENCE_PROOFS"] == "complete"
        #else
            true
        #endif
    }()
    static let stride = isComplete ? 1 : 7
    static let randomCases: UInt64 = isComplete ? 50_000 : 13_000

    /// Judges cases, and shrinks what is disputed before it says so.
    struct Debate {
        private(set) var cases = 0
        private(set) var violations = 0
        private(set) var dispute: String?

        mutating func judge(_ history: SmallHistory, _ naming: SmallHistory.Naming) {
            guard dispute == nil else { return }
            cases += 1
            let verdicts = history.verdicts(naming)
            if verdicts.search { violations += 1 }
            if verdicts.fast != verdicts.search {
                let smallest = history.shrunk(naming)
                dispute = "by \(naming), fast finds a violation: \(smallest.verdicts(naming).fast)\n\(smallest)"
            }
        }
    }

    @Test(
        "On every history of up to 3 operations, with every outcome of their writes",
        arguments: SmallHistory.Naming.allCases, [1, 2, 3])
    func exhaustive(naming: SmallHistory.Naming, count: Int) {
        let debate = debate(naming, count: count, part: 0, of: 1, every: count == 3 ? Self.stride : 1) {
            $0.withEveryOutcome(naming)
        }
        #expect(debate.dispute == nil)
        #expect(debate.violations > 0)
        #expect(debate.violations < debate.cases)
    }

    @Test(
        "On every history of 4 operations", arguments: SmallHistory.Naming.allCases, 0..<4)
    func exhaustiveOfFour(naming: SmallHistory.Naming, part: Int) {
        let debate = debate(naming, count: 4, part: part, of: 4, every: Self.stride) { [$0] }
        #expect(debate.dispute == nil)
        #expect(debate.violations > debate.cases / 20)
        #expect(debate.violations < debate.cases)
    }

    @Test("On random histories of up to 12 operations", arguments: SmallHistory.Naming.allCases, 0..<4)
    func random(naming: SmallHistory.Naming, part: Int) {
        var debate = Debate()
        for seed in 0..<Self.randomCases { debate.judge(.random(naming, seed: seed * 4 + UInt64(part)), naming) }
        #expect(debate.dispute == nil)
        #expect(debate.violations > debate.cases / 6)
        #expect(debate.violations < debate.cases * 5 / 6)
    }

    private func debate(
        _ naming: SmallHistory.Naming, count: Int, part: Int, of parts: Int, every stride: Int,
        variants: (SmallHistory) -> [SmallHistory]
    ) -> Debate {
        var debate = Debate()
        let labellings = SmallHistory.labellings(of: count)
        var number = 0
        SmallHistory.forEachPlacing(of: count) { intervals in
            for labelling in labellings {
                number += 1
                guard number % parts == part, number / parts % stride == 0 else { continue }
                let steps = zip(intervals, labelling).map {
                    SmallHistory.Step(start: $0.start, end: $0.end, isWrite: $1.isWrite, label: $1.label)
                }
                for history in variants(SmallHistory(steps: steps)) { debate.judge(history, naming) }
            }
        }
        return debate
    }
}
