import ArgumentParser
import Reporting
import Scenarios

/// Tells what is wrong with files, and ends the command for it.
enum MistakesInFiles {
    /// - Throws: after printing the mistakes, the exit code 64.
    static func printed<Result>(_ read: () throws(ScenarioErrors) -> Result) throws -> Result {
        do throws(ScenarioErrors) {
            return try read()
        } catch {
            throw fail(error.description)
        }
    }

    /// Prints a message, which is the reason for the exit code 64.
    static func fail(_ message: String) -> any Error {
        Console.error(message)
        return ArgumentParser.ExitCode(Reporting.ExitCode.usage.rawValue)
    }
}
