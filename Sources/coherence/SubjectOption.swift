import ArgumentParser
import History
import Scenarios

/// Which cache scenarios are run on, if it is not the reference cache.
struct SubjectOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Test this cache in place of the reference cache: a command that is started for each instance and speaks \
            the adapter protocol.
            """,
            valueName: "command"))
    var subject: String?

    func validate() throws {
        guard let subject, subject.allSatisfy(\.isWhitespace) else { return }
        throw ValidationError("--subject takes a command, such as 'python3 adapter.py', and not an empty text")
    }

    /// The scenarios with this cache under test.
    /// - Throws: if one of them asks for what only the reference cache has.
    func applied(to scenarios: [DeclaredScenario]) throws -> [DeclaredScenario] {
        guard let subject else { return scenarios }
        return try scenarios.map { declared in
            guard case .cluster(let scenario) = declared else {
                throw ValidationError(
                    "--subject: \(declared.file.printable) declares a bridge, which no cache is part of")
            }
            if let reason = scenario.reasonsAgainstSubject.first {
                throw ValidationError("--subject: \(declared.file.printable): \(reason)")
            }
            return .cluster(scenario.testing(subject))
        }
    }
}
