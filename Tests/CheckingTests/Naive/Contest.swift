import Checking
import History
import Simulation
import Testing

/// A check and a naive referee of the same question, and the histories about which they are asked.
struct Contest: Sendable, CustomTestStringConvertible {
    /// A check with its arguments.
    struct Question: Sendable {
        var text: String
        var check: @Sendable (History) -> Verdict
        var referee: @Sendable (History) -> Verdict
        /// What referees say that have a fault in how they take the arguments.
        var faulty: [OldFault: @Sendable (History) -> Verdict] = [:]
        /// "A read that found nothing may be explained by what is no longer remembered. Where it matters, a stream
        /// then says `unknown`."
        var isOfStream = false

        /// Whether a verdict other than that of the referee is right, too. A violation never is.
        func allows(_ found: Verdict, insteadOf expected: Verdict, about history: History) -> Bool {
            guard isOfStream, found == .unknown || found == .pass && expected == .unknown else { return false }
            return history.operations.contains {
                $0.kind == .read && $0.outcome == .ok && $0.version == 0 && $0.value == 0
            }
        }
    }

    /// What came of many questions.
    struct Outcome {
        /// How often the referee gave each verdict.
        var verdicts: [Verdict: Int] = [:]
        /// How often a stream did not decide what it may leave open.
        var undecided = 0
        /// How often the two disagreed, by what they said.
        var disputes: [String: Int] = [:]
        /// The first dispute of each kind, shrunk.
        var examples: [String] = []

        func share(of verdict: Verdict) -> Double { share(verdicts[verdict, default: 0]) }

        func share(_ count: Int) -> Double { Double(count) / Double(max(1, verdicts.values.reduce(0, +))) }
    }

    /// That of the fixed histories which every run of the tests takes.
    static let seed: UInt64 = 1

    var name: String
    var recipe: HistoryRecipe
    /// Chooses the arguments of the check.
    var question: @Sendable (inout SeededRandom) -> Question

    var testDescription: String { name }

    /// The history and the question of one number.
    func trial(_ number: UInt64, seed: UInt64 = seed) -> (history: History, question: Question) {
        var random = SeededRandom(seed: seed).split(name).split(number: number)
        let question = question(&random)
        return (RandomHistory.make(recipe, seed: random.next()), question)
    }

    /// Asks check and referee about the histories of these numbers.
    func run(_ numbers: Range<UInt64>, seed: UInt64) -> Outcome {
        var outcome = Outcome()
        for number in numbers {
            let (history, question) = trial(number, seed: seed)
            let expected = question.referee(history)
            outcome.verdicts[expected, default: 0] += 1
            let found = question.check(history)
            if found == expected { continue }
            if question.allows(found, insteadOf: expected, about: history) {
                outcome.undecided += 1
                continue
            }
            let dispute = "\(found) instead of \(expected)"
            outcome.disputes[dispute, default: 0] += 1
            if outcome.disputes[dispute] == 1 {
                outcome.examples.append("history \(number) of seed \(seed)\n" + question.dispute(about: history))
            }
        }
        return outcome
    }
}

extension Contest.Question {
    /// The smallest part of a history about which check and referee disagree as they do of all of it, as text that
    /// `coherence check` reads.
    func dispute(about history: History) -> String {
        let (found, expected) = (check(history), referee(history))
        let smallest = HistoryShrinking.smallest(history) {
            check($0) == found && referee($0) == expected && !allows(found, insteadOf: expected, about: $0)
        }
        return """
            \(text)
            the check says \(found), the naive referee \(expected)
            \(HistoryShrinking.jsonLines(smallest))
            """
    }
}

/// What a naive referee makes of a history: how much the rule speaks of, how often it is broken, and whether something
/// could not be judged.
///
/// The referees in this folder are written from Documentation/Checks.md, whose sentences they quote, and share no code
/// with `Checking`. They compare every operation with every other. Times are added and subtracted in 128 bits.
struct NaiveRuling {
    var examined = 0
    var broken = 0
    var isDoubtful = false

    /// "`pass`: something was examined, all that the check could meet, and the rule was kept."
    var verdict: Verdict {
        if broken > 0 { return .violation }
        return isDoubtful || examined == 0 ? .unknown : .pass
    }

    mutating func examine(isBroken: Bool) {
        examined += 1
        if isBroken { broken += 1 }
    }

    static func + (left: Self, right: Self) -> Self {
        Self(
            examined: left.examined + right.examined, broken: left.broken + right.broken,
            isDoubtful: left.isDoubtful || right.isDoubtful)
    }
}
