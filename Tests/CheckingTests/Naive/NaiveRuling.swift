import Checking

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
