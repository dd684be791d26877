import ArgumentParser
import Foundation
import Reporting
import Scenarios

/// Tells what is wrong with files, and ends the command for it.
enum MistakesInFiles {
    /// - Throws: after printing the mistakes, the exit code 64.
    static func printed<Result>(_ read: () throws(ScenarioErrors) -> Result) throws -> Result {
        do throws(ScenarioErrors) {
            return try read()
        } catch {
            throw fail(SourceExcerpt.text(error))
        }
    }

    /// Prints a message, which is the reason for the exit code 64.
    static func fail(_ message: String) -> any Error {
        Console.error(message)
        return ArgumentParser.ExitCode(Reporting.ExitCode.usage.rawValue)
    }
}

/// A scenario that is not in a file yet.
enum StandardInput {
    /// No scenario has more bytes.
    private static let most = 1 << 20

    /// All of it.
    static func text() throws(ScenarioErrors) -> String {
        func error(_ found: String) -> ScenarioErrors {
            ScenarioErrors([
                ScenarioDiagnostic(
                    at: SourcePosition(file: "standard input", line: 0, column: 0), found: found,
                    expected: "a scenario: scenario, cluster, data, phases, checks")
            ])
        }
        var bytes = Data()
        do {
            while bytes.count <= most, let more = try FileHandle.standardInput.read(upToCount: 65_536), !more.isEmpty {
                bytes += more
            }
        } catch {
            throw ScenarioErrors([
                ScenarioDiagnostic(
                    at: SourcePosition(file: "standard input", line: 0, column: 0), found: "nothing that can be read",
                    expected: "a scenario")
            ])
        }
        guard bytes.count <= most else { throw error("more than \(most) bytes") }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw error("bytes that are not UTF-8") }
        return text
    }
}
