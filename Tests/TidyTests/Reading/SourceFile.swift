import Foundation

/// A Swift file of the package, as the rules read it.
struct SourceFile: Sendable {
    /// Relative to the folder of the package, with slashes.
    let path: String

    /// The lines, as they stand.
    let lines: [String]

    /// The lines of the code alone: see ``CodeText``.
    let codeLines: [String]

    /// For each line whether it lies in a string literal of several lines.
    let isLiteral: [Bool]

    let declarations: [Declaration]

    init(path: String, text: String) {
        self.path = path
        let code = CodeText(text)
        let bytes = Array(text.utf8)
        var starts = [0]
        for offset in bytes.indices where bytes[offset] == UInt8(ascii: "\n") { starts.append(offset + 1) }
        if starts.last == bytes.count { starts.removeLast() }
        let ends =
            starts.dropFirst().map { $0 - 1 } + [bytes.last == UInt8(ascii: "\n") ? bytes.count - 1 : bytes.count]
        lines = zip(starts, ends).map { String(decoding: bytes[$0..<max($0, $1)], as: UTF8.self) }
        codeLines = zip(starts, ends).map { String(decoding: code.code[$0..<max($0, $1)], as: UTF8.self) }
        func line(_ offset: Int) -> Int { starts.partitioningIndex { $0 > offset } - 1 }
        var isLiteral = Array(repeating: false, count: starts.count)
        for literal in code.literals {
            let (first, last) = (line(literal.lowerBound), line(literal.upperBound))
            if last > first { for index in first...last { isLiteral[index] = true } }
        }
        self.isLiteral = isLiteral
        declarations = DeclarationReader(code.code).declarations
    }

    var name: String { String(path.split(separator: "/").last ?? "") }
}

extension Array where Element: Comparable {
    /// The first index whose element satisfies `predicate`, or `count`. O(log n).
    ///
    /// No element after one that satisfies it may fail it.
    func partitioningIndex(where predicate: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = low + (high - low) / 2
            if predicate(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
