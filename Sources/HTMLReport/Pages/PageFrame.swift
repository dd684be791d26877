import Foundation
import Judging
import Reporting

/// What every page has: one file that asks for nothing from anywhere.
struct PageFrame {
    let title: String
    let verdict: RunVerdict
    /// The version of the framework.
    let version: String
    /// Which command made it.
    let command: String
    /// When, where and of what the report was made; `nil` if nobody looked.
    let circumstances: ReportCircumstances?
    /// Allows the page's own script, and no other, to be run.
    let nonce: String

    /// - Parameters:
    ///   - lead: under the title.
    ///   - body: everything else.
    func page(lead: Markup, body: Markup) -> String {
        let style = Self.resource(PackageResources.report_css)
        let script = Self.resource(PackageResources.report_js)
        // Nothing is fetched, whatever stands in the page, and no other script is run.
        let policy =
            "default-src 'none'; style-src 'unsafe-inline'; script-src 'nonce-\(nonce)'; base-uri 'none'; "
            + "form-action 'none'"
        let page: Markup = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="\(policy)">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="generator" content="swift-cache-coherence \(version)">
            <title>\(verdict.rawValue): \(title)</title>
            <style>
            \(style)
            </style>
            </head>
            <body>
            \(Verdicts.shapes)
            <a class="skip" href="#content">To the results</a>
            <header class="page">
            <p class="kind">\(command)</p>
            <h1>\(title)</h1>
            \(lead)
            </header>
            <main id="content">
            \(body)
            </main>
            <footer>\(made.joined(separator: " · "))</footer>
            <script nonce="\(nonce)">
            \(script)
            </script>
            </body>
            </html>

            """
        return page.text
    }

    private var made: [String] {
        guard let circumstances else { return ["swift-cache-coherence \(version)"] }
        func short(_ revision: String) -> String {
            revision.prefix(12) + (revision.hasSuffix("-dirty") ? "-dirty" : "")
        }
        let machine = circumstances.machine
        return [
            circumstances.start, circumstances.revision.map { "revision \(short($0))" },
            "\(machine.system), \(machine.architecture), \(Figures.count(machine.processors, "processor"))",
            "swift-cache-coherence \(version)"
                + (circumstances.commandRevision.map { " (\(short($0)))" } ?? ""),
        ].compactMap { $0 }
    }

    /// Files that were kept, with the calls that take them.
    static func kept(_ evidence: [EvidenceFolder.Kept]) -> Markup {
        let lines = evidence.prefix(50).map { Tables.command("Kept", $0.command) }
        guard !lines.isEmpty else { return "" }
        return Tables.details("\(Figures.count(evidence.count, "file was", "files were")) kept", Markup(lines))
    }

    private static func resource(_ bytes: [UInt8]) -> Markup {
        Markup(stringLiteral: String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .newlines))
    }
}
