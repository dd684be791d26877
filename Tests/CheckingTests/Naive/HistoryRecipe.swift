import History

/// What a random history is made of. A check sees little in operations that it does not look at, so each has its
/// recipe.
struct HistoryRecipe: Sendable {
    /// How the reads of a key name their writes.
    enum Naming: Sendable, CaseIterable {
        case versions
        case values
        /// Each version is a value too.
        case both
        /// Some operations have the one, others the other.
        case mixed
    }

    /// The kinds of operation of the first part of a history, each as often as it is more likely.
    var kinds: [Operation.Kind]
    /// Those of the last third; the same if this is empty.
    var kindsAtTheEnd: [Operation.Kind] = []
    var count: ClosedRange<Int> = 2...9
    /// One is taken for each history.
    var namings: [Naming] = [.versions]
    var keys: [String] = ["a", "b"]
    /// How many of the keys a history has; one is taken.
    var keyCounts: [Int] = [1, 1, 2]
    var workers: ClosedRange<Int32> = -1...2
    /// The longest that an operation lasts.
    var longest: Int64 = 5
    var layers: [Layer] = [.l1, .l2, .l3, .redis, .origin]
    var scopes: [Operation.Scope] = Operation.Scope.allCases
    var hasTags = false
    /// No fill comes from an inner layer: of entries that go round in a circle nobody can say where they began.
    var fillsComeFromOutside = false
    /// One of so many operations did not certainly happen.
    var oneUncertainOf = 6
    /// One of so many reads returns what a register would not.
    var oneWrongOf = 3
    /// One of so many reads finds nothing.
    var oneAbsentOf = 8
    /// With versions and values: one of so many values is not that of the version.
    var oneWrongValueOf = 10
    /// The amounts of gauges.
    var amounts: [Int64] = [0, 1, 2, 3, Int64.max, Int64.min, -1]
    /// An `apply` does not end before what it applies begins, as a stream demands.
    var appliesInOrder = false

    /// The same for a streaming check.
    var inOrder: Self {
        var recipe = self
        recipe.appliesInOrder = true
        return recipe
    }
}
