/// A pattern of `SCAN … MATCH`: `*`, `?`, `[abc]`, `[^abc]`, `[a-z]`, and `\` before a literal byte.
///
/// Why this is not `fnmatch`: that function stops at a zero byte, which a key may contain.
struct GlobPattern {
    private let pattern: Bytes

    init(_ pattern: Bytes) { self.pattern = pattern }

    /// Whether the pattern matches all of `text`. It is greedy with backtracking to the last star: O(pattern · text).
    func matches(_ text: Bytes) -> Bool {
        var place = 0
        var position = 0
        var retry: (place: Int, position: Int)?
        while position < text.count {
            if place < pattern.count, pattern[place] == UInt8(ascii: "*") {
                place += 1
                retry = (place, position)
            } else if let next = step(at: place, text[position]) {
                place = next
                position += 1
            } else if let last = retry {
                retry = (last.place, last.position + 1)
                place = last.place
                position = last.position + 1
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == UInt8(ascii: "*") }
    }

    /// The index after the single-byte pattern at `place` if that matches, `nil` if not.
    private func step(at place: Int, _ byte: UInt8) -> Int? {
        guard place < pattern.count else { return nil }
        switch pattern[place] {
        case UInt8(ascii: "?"): return place + 1
        case UInt8(ascii: "["): return set(at: place + 1, byte)
        case UInt8(ascii: "\\") where place + 1 < pattern.count: return pattern[place + 1] == byte ? place + 2 : nil
        default: return pattern[place] == byte ? place + 1 : nil
        }
    }

    private func set(at start: Int, _ byte: UInt8) -> Int? {
        var place = start
        let isNegated = place < pattern.count && pattern[place] == UInt8(ascii: "^")
        if isNegated { place += 1 }
        var found = false
        while place < pattern.count, pattern[place] != UInt8(ascii: "]") {
            if pattern[place] == UInt8(ascii: "\\"), place + 1 < pattern.count { place += 1 }
            if place + 2 < pattern.count, pattern[place + 1] == UInt8(ascii: "-") {
                let bounds = [pattern[place], pattern[place + 2]].sorted()
                found = found || (bounds[0]...bounds[1]).contains(byte)
                place += 3
            } else {
                found = found || pattern[place] == byte
                place += 1
            }
        }
        return found != isNegated ? min(place + 1, pattern.count) : nil
    }
}
