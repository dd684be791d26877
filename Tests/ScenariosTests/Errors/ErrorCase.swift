import Testing

@testable import Scenarios

/// One change to the valid scenario and what is said about it.
struct ErrorCase: Sendable, CustomTestStringConvertible {
    let title: String
    let old: String
    let new: String
    /// Each as `line:column: subject: found …; expected …`.
    let messages: [String]

    init(_ title: String, replacing old: String, by new: String, gives messages: [String]) {
        self.title = title
        self.old = old
        self.new = new
        self.messages = messages
    }

    var testDescription: String { title }

    /// What is reported.
    var found: [String] { ValidScenario.errors(replacing: old, by: new) }

    /// What should be reported, in full.
    var expected: [String] {
        messages.map { message in
            let parts = message.split(separator: ": ", maxSplits: 1)
            return "\(ValidScenario.file):\(parts[0]): error: \(parts[1])"
        }
    }
}
