import Foundation

/// The two outputs: what a program reads goes to standard output, what a person reads to standard error or the terminal.
enum Console {
    static func output(_ text: String) { write(text + "\n", to: .standardOutput) }

    static func error(_ text: String) { write(text + "\n", to: .standardError) }

    static let isErrorTerminal = isatty(STDERR_FILENO) == 1
    static let isOutputTerminal = isatty(STDOUT_FILENO) == 1

    /// Colours are for terminals, and not for people who have said that they want none (no-color.org).
    static var wantsColour: Bool {
        isOutputTerminal && ProcessInfo.processInfo.environment["NO_COLOR", default: ""].isEmpty
    }

    /// One line on the terminal that the next call replaces.
    static func progress(_ text: String) {
        guard isErrorTerminal else { return }
        write("\r\u{1B}[K" + text, to: .standardError)
    }

    static func clearProgress() { progress("") }

    private static func write(_ text: String, to handle: FileHandle) {
        // A reader that has gone away (`| head`) is no reason to fail.
        try? handle.write(contentsOf: Data(text.utf8))
    }
}
