import Foundation
import History

/// The line of a file that an error is about, with a mark below the place: for people.
public enum SourceExcerpt {
    /// As much of a line as is shown.
    private static let width = 100

    /// The lines of an error: what is wrong, and below it the line of the file with a caret. Without the latter if the
    /// file cannot be read, or is not what it was.
    public static func told(_ error: ScenarioDiagnostic) -> [String] {
        [error.description] + (lines(of: error.file)[safe: error.line - 1].map { excerpt($0, error) } ?? [])
    }

    /// A text for all errors, of the first ones each with its line, and how many more there are.
    public static func text(_ errors: ScenarioErrors) -> String {
        let shown = errors.diagnostics.prefix(ScenarioErrors.mostTold).flatMap(told)
        return (shown + errors.told.dropFirst(ScenarioErrors.mostTold)).joined(separator: "\n")
    }

    private static func lines(of file: String) -> [Substring] {
        guard case .success(let text) = FileText.read(file, what: "") else { return [] }
        return text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// The part of the line around the place.
    private static func excerpt(_ line: Substring, _ error: ScenarioDiagnostic) -> [String] {
        let scalars = Array(line.unicodeScalars)
        guard error.column > 0, !scalars.allSatisfy({ $0.properties.isWhitespace }) else { return [] }
        let place = min(error.column - 1, scalars.count)
        let start = place < width - 20 ? 0 : place - width / 2
        let end = min(scalars.count, start + width)
        func shown(_ part: ArraySlice<Unicode.Scalar>) -> String {
            var text = String.UnicodeScalarView()
            text.append(contentsOf: part)
            return String(text).printable
        }
        let number = "\(error.line)"
        let before = (start > 0 ? "…" : "") + shown(scalars[start..<max(start, place)])
        let after = shown(scalars[max(start, place)..<end]) + (end < scalars.count ? "…" : "")
        return [
            "  \(number) | \(before)\(after)",
            "  \(String(repeating: " ", count: number.count)) | \(String(repeating: " ", count: before.count))^",
        ]
    }
}

extension Array {
    fileprivate subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
