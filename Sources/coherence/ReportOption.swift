import ArgumentParser
import Foundation
import History
import Reporting
import Support

/// Reports that are written into files, beside what is printed.
struct ReportOption: ParsableArguments {
    /// All forms that there are. Another module's is added here.
    static let formats: [ReportFormat] = [.json]

    /// Where one report goes, in which form.
    struct Request: ExpressibleByArgument {
        let format: ReportFormat
        let path: String

        init?(argument: String) {
            guard let equals = argument.firstIndex(of: "=") else { return nil }
            let name = argument[..<equals]
            path = String(argument[argument.index(after: equals)...])
            guard let format = ReportOption.formats.first(where: { $0.name == name }), !path.isEmpty else { return nil }
            self.format = format
        }
    }

    @Option(
        name: .customLong("report"),
        help: ArgumentHelp(
            "Write a report into a file, - for standard output: "
                + formats.map { "\($0.name) (\($0.meaning))" }.joined(separator: ", ")
                + ". May be given several times.",
            valueName: "format=file"))
    var requests: [Request] = []
}

/// How much a command prints.
struct DetailOption: ParsableArguments {
    @Flag(name: .shortAndLong, help: "Print everything of every run, of those that passed as well.")
    var verbose = false

    @Flag(name: .shortAndLong, help: "Print the summary, and no progress.")
    var quiet = false

    var chosen: ReportDetail { verbose ? .verbose : quiet ? .quiet : .usual }

    func validate() throws {
        if verbose, quiet { throw ValidationError("found --verbose and --quiet; expected one of them") }
    }
}
