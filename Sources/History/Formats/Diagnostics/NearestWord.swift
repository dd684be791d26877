/// Finds the word that somebody probably meant.
package enum NearestWord {
    /// The candidate nearest to a word, if it is near enough to be worth asking about: at most a third of the longer
    /// one differs, or one contains the other. Upper and lower case, spaces, `_` and `-` do not count.
    ///
    /// O(candidates × length²).
    package static func suggestion(for word: String, among candidates: [String]) -> String? {
        guard word.count <= 60 else { return nil }
        let wanted = normalized(word)
        guard !wanted.isEmpty else { return nil }
        var best: (candidate: String, distance: Int)?
        for candidate in candidates {
            let offered = normalized(candidate)
            // L1 is not a slip of the pen for L2, nor p90 for p95.
            guard wanted.filter(\.isNumber) == offered.filter(\.isNumber) else { continue }
            let allowed = max(1, max(wanted.count, offered.count) / 3)
            var distance = editDistance(wanted, offered)
            let isPart = offered.starts(with: wanted) || wanted.starts(with: offered)
            if distance > allowed, isPart, min(wanted.count, offered.count) >= 3 {
                distance = allowed
            }
            guard distance <= allowed, distance < best?.distance ?? .max else { continue }
            best = (candidate, distance)
        }
        return best?.candidate
    }

    private static func normalized(_ word: String) -> [Character] {
        word.lowercased().filter { $0 != "-" && $0 != "_" && $0 != " " }
    }

    /// The number of letters to insert, remove, replace or swap with their neighbour to turn one word into the other.
    private static func editDistance(_ left: [Character], _ right: [Character]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for row in left.indices {
            var next = [row + 1]
            for column in right.indices {
                let cost = left[row] == right[column] ? 0 : 1
                var best = Swift.min(last[column] + cost, last[column + 1] + 1, next[column] + 1)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    best = Swift.min(best, beforeLast[column - 1] + 1)
                }
                next.append(best)
            }
            beforeLast = last
            last = next
        }
        return last[right.count]
    }
}
