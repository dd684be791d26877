import ArgumentParser
import Foundation
import History
import Reporting

/// The files of `--report`, each of which is opened before the work begins.
struct ReportFiles: Sendable {
    private struct Place: Sendable {
        let format: ReportFormat
        /// `nil`: standard output.
        let file: OutputFile?
    }

    private let places: [Place]
    /// Whether one of them is standard output, which then holds nothing else.
    var takesStandardOutput: Bool { places.contains { $0.file == nil } }
    /// Whether there are none.
    var isEmpty: Bool { places.isEmpty }

    /// - Parameter format: what is printed.
    /// - Throws: if one of them cannot be opened, or if two go to one place.
    init(_ option: ReportOption, format: Run.Format) throws {
        var paths: Set<String> = []
        places = try option.requests.map { request in
            let place = request.path == "-" ? "-" : URL(filePath: request.path).standardizedFileURL.path
            guard paths.insert(place).inserted else {
                let name = request.path == "-" ? "standard output" : request.path
                throw ValidationError(
                    "--report: found \(name.printable) twice; expected another file for each report")
            }
            guard request.path != "-" else {
                guard format == .text else {
                    throw ValidationError(
                        "--report: found - with --format json; expected a file, as the document goes to standard output"
                    )
                }
                return Place(format: request.format, file: nil)
            }
            do {
                return Place(format: request.format, file: try OutputFile(path: request.path))
            } catch {
                throw ValidationError("--report: \("\(error)".printable)")
            }
        }
    }

    /// Writes all of them, and says on standard error which could not be written and why.
    /// - Returns: whether all were.
    func write(_ content: ReportContent) -> Bool {
        var isWritten = true
        for place in places {
            do {
                let text = try place.format.text(content)
                let safe = place.format.name == "json" ? Console.escapedInStrings(text) : text
                if let file = place.file { try file.replace(with: safe) } else { Console.output(text: safe) }
            } catch {
                isWritten = false
                Console.error("coherence: --report \(place.format.name): \("\(error)".printable)")
            }
        }
        return isWritten
    }
}
