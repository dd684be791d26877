/// Keys that stand twice in one mapping.
///
/// The parser refuses the whole document then, and names only the first occurrence. To report the other errors of the
/// file all the same, the second occurrence is found in the text and masked by letters that no key has, as many as it
/// had, so that every other line and column stays what it was.
enum DuplicateKeys {
    /// The first of the letters that mask a key: from the private use area of Unicode, legal in YAML.
    private static let firstMask: UInt32 = 0xE000

    /// A mask is one of these letters, repeated.
    static func isMasked(_ key: String) -> Bool {
        guard let first = key.unicodeScalars.first else { return false }
        return first.value >= firstMask && first.value < firstMask + 6000
    }

    /// Finds the next occurrence of a key after its first one and masks it.
    ///
    /// - Parameter number: How many keys have been masked before, so that each mask is another letter.
    /// - Returns: The text with the mask in it and where it is, `nil` if the second occurrence cannot be found.
    static func mask(_ key: String, after first: TextPosition, in text: String, number: Int) -> (
        text: String, place: TextPosition
    )? {
        guard number < 6000, let letter = Unicode.Scalar(firstMask + UInt32(number)) else { return nil }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { Array($0.unicodeScalars) }
        let wanted = Array(key.unicodeScalars)
        guard !wanted.isEmpty, lines.indices.contains(first.line - 1) else { return nil }
        guard let found = inBlock(wanted, after: first, lines) ?? inFlow(wanted, after: first, lines) else {
            return nil
        }
        for index in 0..<wanted.count { lines[found.line - 1][found.column - 1 + index] = letter }
        let masked = lines.map { line in
            var string = String.UnicodeScalarView()
            string.append(contentsOf: line)
            return String(string)
        }.joined(separator: "\n")
        return (masked, found)
    }

    /// Looks at the lines below for a key in the same column, up to the end of the mapping.
    private static func inBlock(_ key: [Unicode.Scalar], after first: TextPosition, _ lines: [[Unicode.Scalar]])
        -> TextPosition?
    {
        for line in lines.indices.dropFirst(first.line) {
            let indentation = lines[line].prefix { $0 == " " }.count
            let isBlank = indentation == lines[line].count || lines[line][indentation] == "#"
            if isBlank { continue }
            if indentation < first.column - 1 { return nil }
            if indentation == first.column - 1, let column = match(key, in: lines[line], at: indentation) {
                return TextPosition(line: line + 1, column: column + 1)
            }
        }
        return nil
    }

    /// Looks on behind the first occurrence for a key at the same depth of brackets.
    private static func inFlow(_ key: [Unicode.Scalar], after first: TextPosition, _ lines: [[Unicode.Scalar]])
        -> TextPosition?
    {
        var depth = 0
        var quote: Unicode.Scalar?
        for line in lines.indices.dropFirst(first.line - 1) {
            var column = line == first.line - 1 ? first.column - 1 + key.count : 0
            var mayBegin = line != first.line - 1
            while column < lines[line].count {
                let scalar = lines[line][column]
                if let open = quote {
                    if scalar == open { quote = nil }
                } else {
                    if depth == 0, mayBegin, let found = match(key, in: lines[line], at: column) {
                        return TextPosition(line: line + 1, column: found + 1)
                    }
                    switch scalar {
                    case "{", "[": depth += 1
                    case "}", "]": depth -= 1
                    case "\"", "'": if mayBegin || column == 0 || lines[line][column - 1] == " " { quote = scalar }
                    case "#": if column == 0 || lines[line][column - 1] == " " { column = lines[line].count }
                    default: break
                    }
                    if depth < 0 { return nil }
                    mayBegin = scalar == "," || (mayBegin && scalar == " ")
                }
                column += 1
            }
        }
        return nil
    }

    /// The column of a key, in quotation marks or without, that begins at a column and is followed by a colon.
    private static func match(_ key: [Unicode.Scalar], in line: [Unicode.Scalar], at column: Int) -> Int? {
        let isQuoted = column < line.count && (line[column] == "\"" || line[column] == "'")
        let start = isQuoted ? column + 1 : column
        var end = start + key.count
        guard end <= line.count, Array(line[start..<end]) == key else { return nil }
        if isQuoted {
            guard end < line.count, line[end] == line[column] else { return nil }
            end += 1
        }
        while end < line.count, line[end] == " " { end += 1 }
        return end < line.count && line[end] == ":" ? start : nil
    }
}
