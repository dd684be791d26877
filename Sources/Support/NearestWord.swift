/// Finds the word that somebody probably meant.
package enum NearestWord {
    /// Words that people use for one of ours, and that look otherwise.
    private static let synonyms = [
        "get": "read", "put": "write", "set": "write", "store": "write", "remove": "delete", "del": "delete",
        "cas": "compareAndSet", "compareandswap": "compareAndSet", "compareandexchange": "compareAndSet",
        "consistent": "linearizable", "atomic": "linearizable", "stampede": "loads",
        "freshness": "fresh-after-invalidation", "ttl": "expiry", "expiration": "expiry",
    ]

    /// Words that mean something of their own, however near they look to another one.
    private static let others: Set<String> = [
        "append", "ask", "batch", "cache", "caches", "clear", "decrement", "drop", "expire", "expires", "flush", "fork",
        "head", "hit", "increment", "lead", "leave", "lock", "merge", "miss", "move", "pause", "pin", "read-through",
        "real", "refresh", "reload", "replace", "reset", "resume", "retry", "revalidate", "swap", "touch", "unlock",
        "update", "upsert", "validate", "wait", "warm", "write-through",
    ]

    /// What makes a word of another that means something else.
    private static let prefixes = [
        "anti", "de", "dis", "im", "in", "mis", "non", "over", "pre", "re", "un", "under",
    ].map(Array.init)

    /// The candidate nearest to a word, if it is near enough to be worth asking about: at most a third of the longer
    /// one differs, or the word is the beginning of the candidate. Upper and lower case, spaces, `_` and `-` do not count.
    ///
    /// It has to mean the same. So a word that has one more part than the candidate is no slip of the pen
    /// (`invalidateAll` is not `invalidate`), nor is one with a syllable before it (`unpublish`), nor one that is a word of
    /// its own (`revalidate`).
    ///
    /// O(candidates × length²).
    package static func suggestion(for word: String, among candidates: [String]) -> String? {
        guard word.count <= 60 else { return nil }
        let wanted = normalized(word)
        guard !wanted.isEmpty else { return nil }
        if let exact = candidates.first(where: { normalized($0) == wanted }) { return exact }
        if let synonym = synonyms[String(wanted)] { return candidates.contains(synonym) ? synonym : nil }
        guard !others.contains(word.lowercased()) else { return nil }
        let parts = parts(of: word)
        var best: (candidate: String, distance: Int)?
        for candidate in candidates {
            let offered = normalized(candidate)
            // L1 is not a slip of the pen for L2, nor p90 for p95.
            guard wanted.filter(\.isNumber) == offered.filter(\.isNumber) else { continue }
            let allowed = max(1, max(wanted.count, offered.count) / 3)
            guard !isDerived(wanted, from: offered) else { continue }
            var distance = editDistance(wanted, offered)
            // A part more or less is another thing; a part that was only written apart is not.
            if distance > 1, parts.count > self.parts(of: candidate).count { continue }
            if distance > 1, !matches(parts, self.parts(of: candidate)) { continue }
            if distance > allowed, offered.starts(with: wanted), wanted.count >= 3 { distance = allowed }
            guard distance <= allowed, distance < best?.distance ?? .max else { continue }
            best = (candidate, distance)
        }
        return best?.candidate
    }

    private static func normalized(_ word: String) -> [Character] {
        word.lowercased().filter { $0 != "-" && $0 != "_" && $0 != " " }
    }

    /// Whether one of two words is the other with a syllable before it that changes its meaning.
    private static func isDerived(_ word: [Character], from other: [Character]) -> Bool {
        prefixes.contains { word == $0 + other || other == $0 + word }
    }

    /// Whether words of as many parts are near to each other in each of them: `invalidateAll` is not, to `invalidateTag`.
    private static func matches(_ left: [[Character]], _ right: [[Character]]) -> Bool {
        guard left.count == right.count, left.count > 1 else { return true }
        return zip(left, right).allSatisfy { first, second in
            second.starts(with: first) || editDistance(first, second) <= max(1, max(first.count, second.count) / 3)
        }
    }

    /// The words of which a word is made, in small letters: `invalidateTag` and `invalidate-tag` have two.
    private static func parts(of word: String) -> [[Character]] {
        var parts: [[Character]] = []
        var last: Character = "-"
        for character in word {
            let isSeparator = character == "-" || character == "_" || character == " "
            if !isSeparator {
                let beginsPart = last == "-" || (character.isUppercase && last.isLowercase)
                if beginsPart { parts.append([]) }
                parts[parts.count - 1] += Array(character.lowercased())
            }
            last = isSeparator ? "-" : character
        }
        return parts
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
