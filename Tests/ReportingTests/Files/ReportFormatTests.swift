import Checking
import Foundation
import History
import Judging
import Scenarios
import TestSupport
import Testing

@testable import Reporting

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite("Reports for other programs hold any text, and are of the form that these take")
struct ReportFormatTests {
    /// What no form may pass on as it is.
    private static let hostile =
        "]]></failure><x a=\"1\">&\u{0}\u{1B}[2J\u{202E}\u{FFFF}|`*_@all<script>::error::%0A\r\n::x"

    private static func result(_ verdict: RunVerdict, name: String = hostile) -> ScenarioResult {
        var result = ReportingTests.result(verdict, file: "Scenarios/Bus/a,b:c.yaml")
        result.name = name
        if verdict != .violation { result.checks = [] }
        return result
    }

    private static func report(_ name: String = hostile) -> Report {
        var report = Report(
            version: "1",
            results: [RunVerdict.pass, .violation, .missed, .unknown, .error].map { result($0, name: name) })
        report.notRun = [
            NotRun(name: name, file: "f", world: .live, seed: 1, reason: "it is run only when named"),
            NotRun(name: name, file: "f", world: .live, seed: 1, reason: name, isInterrupted: true),
        ]
        report.circumstances = ReportCircumstances(
            start: Date(timeIntervalSince1970: 0),
            machine: .init(system: "Linux <6>", architecture: "x86_64", processors: 2, memoryBytes: 1),
            revision: "0123456789abcdef", commandRevision: nil)
        return report
    }

    // MARK: JUnit

    private final class Reader: NSObject, XMLParserDelegate {
        var elements: [String: [[String: String]]] = [:]

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String] = [:]
        ) {
            elements[name, default: []].append(attributes)
        }
    }

    @Test("Each verdict is what a build server makes of it, and the counts are those of the cases")
    func junit() throws {
        let text = try ReportFormat.junit.text(.run(Self.report()))
        let reader = Reader()
        let parser = XMLParser(data: Data(text.utf8))
        parser.delegate = reader
        try #require(parser.parse(), "\(text)")
        #expect(reader.elements["testcase"]?.count == 7)
        #expect(reader.elements["failure"]?.map { $0["type"] } == ["violation", "missed"])
        #expect(reader.elements["error"]?.map { $0["type"] } == ["unknown", "error", "interrupted"])
        #expect(reader.elements["skipped"]?.map { $0["message"] } == ["it is run only when named"])
        #expect(reader.elements["x"] == nil)
        let whole = try #require(reader.elements["testsuites"]?.first)
        #expect(whole["tests"] == "7" && whole["failures"] == "2" && whole["errors"] == "3")
        let suites = try #require(reader.elements["testsuite"])
        #expect(suites.map { $0["name"] } == ["Scenarios/Bus/a,b:c.yaml", "f"])
        #expect(suites.map { $0["skipped"] } == ["0", "1"])
        #expect(suites[0]["timestamp"] == "1970-01-01T00:00:00")
        #expect(reader.elements["testcase"]?.first?["classname"] == "Scenarios.Bus.a,b:c")
    }

    @Test("A schema of what build servers take is met", .enabled(if: Programs.path(of: "xmllint") != nil))
    func schema() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let schema = root.appending(path: "Fixtures/Reports/junit.xsd").path
        let file = FileManager.default.temporaryDirectory.appending(path: "junit-\(UUID().uuidString).xml")
        defer { try? FileManager.default.removeItem(at: file) }
        func lint(_ text: String) throws -> (code: Int32, errors: String) {
            try text.write(to: file, atomically: true, encoding: .utf8)
            let process = Process()
            process.executableURL = URL(filePath: try #require(Programs.path(of: "xmllint")))
            process.arguments = ["--noout", "--schema", schema, file.path]
            let errors = Pipe()
            process.standardError = errors
            try process.run()
            let text = String(decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
            process.waitUntilExit()
            return (process.terminationStatus, text)
        }
        for content in [ReportContent.run(Self.report()), .run(Report(version: "1", results: []))] {
            let outcome = try lint(try ReportFormat.junit.text(content))
            #expect(outcome.code == 0, "\(outcome.errors)")
        }
        let wrong = try lint(try ReportFormat.junit.text(.run(Self.report())).replacing(" errors=", with: " mistakes="))
        #expect(wrong.code != 0)
    }

    @Test(
        "Characters that XML cannot hold are replaced, and those that mean something escaped",
        arguments: [
            ("a\u{0}b\u{1B}\u{FFFE}", "a\u{FFFD}b\u{FFFD}\u{FFFD}"), ("<&>\"'", "&lt;&amp;&gt;&quot;'"),
            ("a\r\n\tb", "a&#13;&#10;&#9;b"), ("ä😀", "ä😀"),
        ])
    func xml(_ text: String, _ expected: String) {
        #expect(XMLText.attribute(text) == expected)
    }

    // MARK: Markdown

    @Test("Text from outside is no sign of Markdown and no HTML, and leaves no fence")
    func markdown() throws {
        var report = Self.report()
        report.results[1].failure = "````"
        let text = try ReportFormat.markdown.text(.run(report))
        // Within a fence it is shown as it is.
        let outside = text.replacing(/(?s)```+text\n.*?\n```+\n/, with: "")
        #expect(outside.contains("&lt;script&gt;"), "\(outside)")
        #expect(!outside.contains("<script>") && !outside.contains("<x a="), "\(outside)")
        #expect(!outside.contains("@all") && !text.contains("\u{1B}") && !text.contains("\u{202E}"))
        #expect(text.hasPrefix("## 💥 `coherence run`: error\n"))
        #expect(text.contains("`````text\n"), "\(text)")
        #expect(text.contains("<details><summary>1 passed</summary>"))
        #expect(text.contains("<details><summary>2 not run</summary>"))
        #expect(text.contains("revision 0123456789ab\n"))
        let opened = text.components(separatedBy: "<details>").count
        #expect(opened == text.components(separatedBy: "</details>").count)
    }

    @Test("A summary stays below what GitHub takes, and says what it leaves out")
    func limit() throws {
        var report = Report(version: "1", results: [])
        report.results = (1...40).map { number in
            var result = Self.result(.violation, name: "number \(number)")
            result.failure = String(repeating: "x ", count: 20_000)
            return result
        }
        let text = try ReportFormat.markdown.text(.run(report))
        #expect(text.utf8.count < 1 << 20)
        #expect(text.contains("**Left out, for lack of room:** "), "\(text.suffix(300))")
        #expect(text.contains("number 40"))
        let small = MarkdownReport(.run(report), limit: 3_000).text
        #expect(small.utf8.count <= 3_000)
        #expect(small.contains("**Left out, for lack of room:** "))
        #expect(!(try ReportFormat.markdown.text(.run(Self.report())).contains("Left out")))
    }

    // MARK: Annotations

    @Test("An annotation is one line at the scenario's declaration, and no text begins another")
    func annotations() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "annotations-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let file = "\(folder)/a,b.yaml"
        try "# one\n# two\nscenario: Small\n".write(toFile: file, atomically: true, encoding: .utf8)
        var report = Self.report()
        for index in report.results.indices { report.results[index].file = file }
        let text = AnnotationReport(.run(report), folder: folder).text
        let lines = text.split(separator: "\n")
        // Four that did not pass, and what was interrupted.
        #expect(lines.count == 5, "\(text)")
        for line in lines.prefix(4) {
            #expect(line.hasPrefix("::error file=a%2Cb.yaml,line=3,title="), "\(line)")
            #expect(line.contains("%0Areproduce%3A ") || line.contains("%0Areproduce: "), "\(line)")
        }
        #expect(lines[4].hasPrefix("::warning file=f,line=1,title=not run%3A "), "\(lines[4])")
        // What is read back is what was meant.
        #expect(lines[0].contains("%250A"), "\(lines[0])")
        #expect(try ReportFormat.github.text(.run(Report(version: "1", results: [Self.result(.pass)]))) == "")
    }

    @Test("The document says when, where and of what it was made")
    func circumstances() throws {
        let text = try ReportFormat.json.text(.run(Self.report()))
        let document = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let circumstances = try #require(document["circumstances"] as? [String: Any])
        #expect(circumstances["start"] as? String == "1970-01-01T00:00:00Z")
        #expect(circumstances["revision"] as? String == "0123456789abcdef")
        #expect((circumstances["machine"] as? [String: Any])?["processors"] as? Int == 2)
        #expect(ReportCircumstances.Machine.current.processors > 0)
    }
}
