import ArgumentParser
import Foundation
import History
import HTMLReport
import Reporting
import Support

/// Reports that are written into files, beside what is printed.
struct ReportOption: ParsableArguments {
    /// All forms that there are. Another module's is added here.
    static let formats: [ReportFormat] = ReportFormat.all + [.html]

    /// Where one report goes, in which form.
    struct Request {
        let format: ReportFormat
        let path: String

        /// - Throws: what is wrong with `argument`, which is not `FORM=FILE`.
        init(_ argument: String) throws {
            let names = ReportOption.formats.map(\.name)
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let name = parts[0]
            guard let format = ReportOption.formats.first(where: { $0.name == name }) else {
                let question = NearestWord.suggestion(for: name, among: names).map { "; did you mean \($0)?" } ?? ""
                throw ValidationError(
                    "found the form \"\(name.printable)\"; expected one of \(names.joined(separator: ", "))\(question)")
            }
            guard parts.count == 2, !parts[1].isEmpty else {
                throw ValidationError(
                    "found \(argument.printable) without a file; expected \(name)=FILE, or \(name)=- to print it"
                )
            }
            self.format = format
            path = parts[1]
        }
    }

    @Option(
        name: .customLong("report"),
        help: ArgumentHelp(
            "Write a report into a file, - for standard output: "
                + formats.map { "\($0.name) (\($0.meaning))" }.joined(separator: ", ")
                + ". May be given several times.",
            valueName: "form=file"),
        transform: Request.init)
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

/// Whether what failed is kept.
struct KeepingOption: ParsableArguments {
    @Flag(
        name: .customLong("no-keep"),
        help: ArgumentHelp(
            """
            Keep nothing of what fails. Without it, histories and failures go into \(EvidenceFolder.usualPath), the oldest of \
            which are removed.
            """))
    var isOff = false

    /// `nil`: nothing is kept.
    var folder: EvidenceFolder? {
        let isForbidden = ProcessInfo.processInfo.environment["COHERENCE_NO_KEEP", default: ""].isEmpty == false
        return isOff || isForbidden ? nil : EvidenceFolder()
    }
}
