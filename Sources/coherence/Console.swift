import Foundation
import History
import Reporting

/// The two outputs: what a program reads goes to standard output, what a person reads to standard error or the terminal.
///
/// Whatever is written here is printable: of control characters, only line feeds and our own colours reach the terminal.
/// Text from outside is made printable where it is put into a line, since a line feed in it would be taken for ours.
enum Console {
    /// Lines of a report.
    static func output(_ text: String) { StandardOutput.write(printable(text, isColoured: wantsColour) + "\n") }

    /// Lines of a report, broken where the terminal is too narrow for them.
    static func output(report text: String) { output(width.map { WrappedLines.of(text, width: $0) } ?? text) }

    /// A file that goes to standard output as it is.
    static func output(text: String) { StandardOutput.write(text) }

    /// A JSON document. What a terminal would obey or hide can stand only in its strings, and is escaped there, so that a
    /// parser reads the same text.
    static func output(document: String) { StandardOutput.write(escapedInStrings(document) + "\n") }

    static func error(_ text: String) { writeError(text.printableLines + "\n") }

    /// A failure that nothing but its text is known of.
    static func failure(_ error: any Error) { self.error("coherence: \(said(error).printable)") }

    /// An error in words: those of the system's libraries have a description of their own for people.
    static func said(_ error: any Error) -> String {
        let text = "\(error)"
        return text.hasPrefix("Error Domain=") ? error.localizedDescription : text
    }

    static let isErrorTerminal = isatty(STDERR_FILENO) == 1
    static let isOutputTerminal = isatty(STDOUT_FILENO) == 1

    /// Colours are for terminals, and not for people who have said that they want none (no-color.org).
    static var wantsColour: Bool {
        isOutputTerminal && ProcessInfo.processInfo.environment["NO_COLOR", default: ""].isEmpty
    }

    /// How many columns the terminal has that standard output is; `nil` if it is none.
    static var width: Int? { isOutputTerminal ? columns(of: STDOUT_FILENO) : nil }

    /// What is narrower is no terminal that anybody reads.
    private static func columns(of descriptor: Int32) -> Int? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col >= 20 else { return nil }
        return Int(size.ws_col)
    }

    /// One line on the terminal that the next call replaces. What would reach the next line could not be replaced.
    static func progress(_ text: String) {
        guard isErrorTerminal else { return }
        let text = text.printable
        let width = columns(of: STDERR_FILENO) ?? 80
        writeError("\r\u{1B}[K" + (text.count < width ? text : text.prefix(width - 2) + "…"))
    }

    static func clearProgress() { progress("") }

    /// Lines, with nothing in them that a terminal obeys but the colours of a report.
    static func printable(_ text: String, isColoured: Bool) -> String {
        guard isColoured else { return text.printableLines }
        var lines = ""
        var rest = text[...]
        while let colour = rest.firstMatch(of: /\u{1B}\[[0-9]{1,2}m/) {
            lines += String(rest[..<colour.range.lowerBound]).printableLines + colour.output
            rest = rest[colour.range.upperBound...]
        }
        return lines + String(rest).printableLines
    }

    /// JSON in which every character that is not printable is written as `\uXXXX`.
    static func escapedInStrings(_ document: String) -> String {
        guard !document.printableLines.elementsEqual(document) else { return document }
        var escaped = String.UnicodeScalarView()
        for scalar in document.unicodeScalars {
            if scalar.isPrintable || scalar == "\n" {
                escaped.append(scalar)
            } else {
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16)
                    escaped.append(
                        contentsOf: "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".unicodeScalars)
                }
            }
        }
        return String(escaped)
    }

    /// Nobody is told if it is lost: there is nowhere to.
    private static func writeError(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }
}
