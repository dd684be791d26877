import Foundation
import History
import Judging

extension ReportFormat {
    /// A suite for each file, a case for each run.
    ///
    /// What was violated or missed is a failure. What could not be judged is an error, since unknown is not pass. What
    /// was not run is skipped, and an error if it was interrupted.
    public static let junit = ReportFormat(name: "junit", meaning: "for Jenkins, GitLab and others") { content in
        JUnitReport(content).text
    }
}

/// The XML that test runners write for build servers, as the schema of Jenkins' xUnit plugin describes it.
struct JUnitReport {
    let text: String
    /// Of the block of a case. A build server keeps all of them in memory.
    private static let mostDetails = 65_536

    init(_ content: ReportContent) {
        let cases = ReportCase.all(of: content)
        var order: [String] = []
        for one in cases where !order.contains(one.file) { order.append(one.file) }
        let byFile = Dictionary(grouping: cases, by: \.file)
        var lines = [
            #"<?xml version="1.0" encoding="UTF-8"?>"#,
            "<testsuites name=\"\(content.command)\" \(Self.counts(cases, withSkipped: false))>",
        ]
        for file in order { lines += Self.suite(file, byFile[file] ?? [], content.circumstances) }
        lines.append("</testsuites>")
        text = lines.joined(separator: "\n") + "\n"
    }

    private static func suite(_ file: String, _ cases: [ReportCase], _ circumstances: ReportCircumstances?) -> [String]
    {
        let time =
            circumstances.map { " timestamp=\"\(XMLText.attribute(String($0.start.prefix { $0 != "Z" })))\"" } ?? ""
        var lines = ["  <testsuite name=\"\(XMLText.attribute(file))\" \(counts(cases, withSkipped: true))\(time)>"]
        if let circumstances {
            let machine = circumstances.machine
            let facts = [
                ("machine", "\(machine.system), \(machine.architecture), \(machine.processors) processors"),
                ("revision", circumstances.revision ?? ""), ("command", circumstances.commandRevision ?? ""),
            ].filter { !$0.1.isEmpty }
            lines.append("    <properties>")
            lines += facts.map { "      <property name=\"\($0)\" value=\"\(XMLText.attribute($1))\"/>" }
            lines.append("    </properties>")
        }
        for one in cases { lines += testCase(one) }
        return lines + ["  </testsuite>"]
    }

    private static func testCase(_ one: ReportCase) -> [String] {
        let url = URL(filePath: one.file).deletingPathExtension().relativePath
        let group = url.split(separator: "/").joined(separator: ".")
        let head =
            "    <testcase name=\"\(XMLText.attribute(one.title))\" classname=\"\(XMLText.attribute(group))\" "
            + "time=\"\(seconds(one.seconds))\""
        guard let (element, type) = outcome(one) else { return [head + "/>"] }
        let message = XMLText.attribute(one.reason)
        if element == "skipped" { return [head + ">", "      <skipped message=\"\(message)\"/>", "    </testcase>"] }
        let details = BoundedText.cut(one.details, to: mostDetails)
        return [
            head + ">",
            "      <\(element) type=\"\(type)\" message=\"\(message)\">\(XMLText.content(details))</\(element)>",
            "    </testcase>",
        ]
    }

    /// `nil` of what passed.
    private static func outcome(_ one: ReportCase) -> (element: String, type: String)? {
        switch one.verdict {
        case .pass: nil
        case .violation, .missed: ("failure", one.verdict?.rawValue ?? "")
        case .unknown, .error: ("error", one.verdict?.rawValue ?? "")
        case nil: one.isInterrupted ? ("error", "interrupted") : ("skipped", "")
        }
    }

    private static func counts(_ cases: [ReportCase], withSkipped: Bool) -> String {
        func count(_ element: String) -> Int { cases.count { outcome($0)?.element == element } }
        let skipped = withSkipped ? " skipped=\"\(count("skipped"))\"" : ""
        return "tests=\"\(cases.count)\" failures=\"\(count("failure"))\" errors=\"\(count("error"))\"\(skipped) "
            + "time=\"\(seconds(cases.reduce(0) { $0 + $1.seconds }))\""
    }

    private static func seconds(_ value: Double) -> String {
        String(format: "%.3f", locale: Locale(identifier: "en_US_POSIX"), value)
    }
}

/// Text as XML 1.0 takes it.
enum XMLText {
    static func content(_ text: String) -> String { escaped(text) { _ in nil } }

    /// Between double quotes. Blanks other than a space would be read as one.
    static func attribute(_ text: String) -> String {
        escaped(text) { scalar in
            switch scalar {
            case "\"": "&quot;"
            case "\n", "\r", "\t": "&#\(scalar.value);"
            default: nil
            }
        }
    }

    /// What XML cannot hold, in no form, becomes U+FFFD.
    private static func escaped(_ text: String, _ special: (Unicode.Scalar) -> String?) -> String {
        var result = ""
        result.unicodeScalars.reserveCapacity(text.unicodeScalars.count)
        for scalar in text.unicodeScalars {
            if let text = special(scalar) {
                result += text
                continue
            }
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\r": result += "&#13;"
            case _ where isAllowed(scalar): result.unicodeScalars.append(scalar)
            default: result.unicodeScalars.append("\u{FFFD}")
            }
        }
        return result
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x9, 0xA, 0xD, 0x20...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: true
        default: false
        }
    }
}
