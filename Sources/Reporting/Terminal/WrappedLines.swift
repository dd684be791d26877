/// Lines of a report for a terminal that is narrower than they are.
public enum WrappedLines {
    /// Lines to be copied into a shell, which a break would end.
    private static let calls = ["reproduce: ", "or: ", "again: "]

    /// Breaks lines at blanks. What goes on is indented by two more than its beginning. Calls, and words that are
    /// longer than a line, stay whole.
    /// - Parameter width: of the terminal, in columns.
    public static func of(_ text: String, width: Int) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { wrapped($0, width) }.joined(separator: "\n")
    }

    private static func wrapped(_ line: Substring, _ width: Int) -> String {
        let indent = line.prefix { $0 == " " }
        let rest = line.dropFirst(indent.count)
        guard Style.width(String(line)) > width, !calls.contains(where: { rest.hasPrefix($0) }) else {
            return String(line)
        }
        let further = "\n" + indent + "  "
        var (text, column) = (String(indent), indent.count)
        for word in rest.split(separator: " ", omittingEmptySubsequences: false) {
            let size = Style.width(String(word))
            let isFirst = column == indent.count
            if !isFirst, column + 1 + size > width {
                text += further + word
                column = indent.count + 2 + size
            } else {
                text += (isFirst ? "" : " ") + word
                column += size + (isFirst ? 0 : 1)
            }
        }
        return text
    }
}
