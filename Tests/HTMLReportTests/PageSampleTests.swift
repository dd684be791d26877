import Foundation
import HTMLReport
import Judging
import Reporting
import TestSupport
import Testing

/// The pages of all samples. With `COHERENCE_HTML_PAGES=FOLDER` in the environment they are written there, for a
/// browser.
@Suite("Pages of reports", .computing)
struct PageSampleTests {
    static let names = ["violation", "several", "attacked", "exploration", "histories", "large"]

    static func page(_ name: String) throws -> String {
        let html = HTMLReport(nonce: "n0nce")
        return switch name {
        case "violation": html.page(of: try Samples.violation.get())
        case "several": html.page(of: try Samples.several.get())
        case "attacked": html.page(of: Samples.attacked)
        case "exploration": html.page(of: try Samples.exploration.get())
        case "histories": html.page(of: Samples.histories)
        default: html.page(of: Samples.large(operations: 20_000))
        }
    }

    /// Elements that have no end.
    private static let void: Set<String> = ["meta", "input", "br", "img", "link", "hr"]

    /// The elements of a page in their order; an issue for one that is not closed where it should be.
    static func elements(of page: String) throws -> [(name: String, tag: String)] {
        // What stands in these is not markup.
        var rest = page.replacing(/<(style|script)([^>]*)>[\s\S]*?<\/\1>/) { "<\($0.1)\($0.2)></\($0.1)>" }[...]
        var open: [String] = []
        var all: [(String, String)] = []
        while let start = rest.firstIndex(of: "<") {
            let end = try #require(rest[start...].firstIndex(of: ">"), "\(rest[start...].prefix(80))")
            let tag = String(rest[start...end])
            rest = rest[rest.index(after: end)...]
            if tag.hasPrefix("<!") { continue }
            let name = String(tag.drop { $0 == "<" || $0 == "/" }.prefix { $0.isLetter || $0.isNumber })
            if tag.hasPrefix("</") {
                #expect(open.popLast() == name, "\(tag) before \(rest.prefix(80))")
                continue
            }
            all.append((name, tag))
            if !tag.hasSuffix("/>"), !void.contains(name) { open.append(name) }
        }
        #expect(open == [])
        return all
    }

    @Test("Each is one file that names nothing outside of itself, and all its elements are closed", arguments: names)
    func sound(name: String) throws {
        let page = try Self.page(name)
        if let folder = ProcessInfo.processInfo.environment["COHERENCE_HTML_PAGES"] {
            try page.write(toFile: "\(folder)/\(name).html", atomically: true, encoding: .utf8)
        }
        #expect(page.utf8.count < 5_000_000)
        #expect(page.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\">"))
        #expect(page.hasSuffix("</html>\n"))
        #expect(page.contains("default-src &#39;none&#39;"))
        let elements = try Self.elements(of: page)
        for (_, tag) in elements {
            // Nothing is fetched: every reference is to a place in the page.
            for reference in tag.matches(of: /\s(?:href|src|action|data|xlink:href)="([^"]*)"/) {
                #expect(reference.1.hasPrefix("#"), "\(tag)")
            }
            #expect(tag.replacing(/"[^"]*"/, with: "").firstMatch(of: /\son[a-z]+=/) == nil, "\(tag)")
        }
        let identifiers = elements.compactMap { $0.tag.firstMatch(of: /\sid="([^"]*)"/).map { String($0.1) } }
        #expect(Set(identifiers).count == identifiers.count)
        for reference in elements.compactMap({ $0.tag.firstMatch(of: /\shref="#([^"]*)"/).map { String($0.1) } }) {
            #expect(identifiers.contains(reference), "\(reference)")
        }
        #expect(elements.count { $0.name == "h1" } == 1)
        #expect(elements.count { $0.name == "script" && !$0.tag.contains("application/json") } == 1)
    }

    @Test("Every drawing has a text in its place, and every table a caption")
    func alternatives() throws {
        for name in Self.names {
            let elements = try Self.elements(of: try Self.page(name))
            for (_, tag) in elements where tag.hasPrefix("<svg") {
                #expect(tag.contains("aria-hidden=\"true\"") || tag.contains("role=\"img\""), "\(tag)")
                if tag.contains("role=\"img\"") { #expect(tag.contains("aria-label=\""), "\(tag)") }
            }
        }
        let page = try Self.page("violation")
        #expect(page.contains("<caption>Latency of reads, over time</caption>"))
        #expect(page.contains("<caption>Hit ratio of each layer</caption>"))
        #expect(page.contains("<caption>What layers held</caption>"))
    }

    @Test("A page says what was asked, what came of it, what was not judged and why, and what runs it again")
    func content() throws {
        let page = try Self.page("violation")
        for part in [
            "<h1>Permission change</h1>", "v-violation", "At risk:</strong> Acme; 120,000 EUR a month",
            "coherence run &#39;Scenarios/permission-change.yaml&#39; --seed", "--defect stale-fill",
            "fresh-after-invalidation", "convergence", "loads value", "v-missed",
            "virtual time says nothing about speed", "Propagation", "Staleness of reads", "Hit ratio",
            #"<b class="proof-number">1</b>"#, "pause of redis begins", "class=\"fault-name\"",
            "What each layer holds at this step", "role=\"img\"",
        ] {
            #expect(page.contains(part), "\(part)")
        }
        let several = try Self.page("several")
        for part in [
            "Redis is killed twice", "Interrupted:", "redis-server ended at once: no memory is left",
            "linearizable: nothing was examined", "it was interrupted", "rect class=\"fault\"",
        ] {
            #expect(several.contains(part), "\(part)")
        }
        // The heaviest verdict is first.
        let verdicts = several.matches(
            of: /<tr><th scope="row"><a [^>]*>[^<]*<\/a><\/th>\s*<td><span class="badge v-([a-z]+)"/
        )
        .map { String($0.1) }
        #expect(verdicts == ["error", "violation", "missed", "unknown", "pass"])
        #expect(try Self.page("exploration").contains("is held up before it fills redis"))
        #expect(try Self.page("histories").contains("nowhere.jsonl"))
    }

    @Test("Text from outside does nothing in a page")
    func attacked() throws {
        let page = try Self.page("attacked")
        for part in ["<script>alert", "<img", "onload='", "\u{2028}", "\u{1B}", "\u{0}", "\u{202E}", "<!-- "] {
            #expect(!page.contains(part), "\(part.debugDescription)")
        }
        #expect(page.contains("&lt;/script&gt;&lt;script&gt;alert(1)"))
    }

    @Test("The same report makes the same page, and another nonce changes nothing else")
    func deterministic() throws {
        let page = try Self.page("violation")
        #expect(try Self.page("violation") == page)
        let other = HTMLReport(nonce: "other\" onload=").page(of: try Samples.violation.get())
        #expect(other.replacing("otheronload", with: "n0nce") == page)
        #expect(HTMLReport.randomNonce() != HTMLReport.randomNonce())
    }

    @Test("A page is bounded: many runs with many violations and long texts, and many operations")
    func bounded() throws {
        let run = try #require(try Samples.violation.get().results.first)
        var runs = Array(repeating: run, count: 300)
        for index in runs.indices { runs[index].name = String(repeating: "<&\u{0}", count: 20_000) }
        let page = HTMLReport(nonce: "n").page(of: Report(version: "1", results: runs))
        #expect(page.utf8.count < 5_000_000)
        #expect(page.contains("Left out, because the page would become too large"))
        _ = try Self.elements(of: page)
    }

    @Test("A million operations make a page of a usual size")
    func large() throws {
        let page = HTMLReport(nonce: "n").page(of: Samples.large(operations: 1_000_000))
        #expect(page.utf8.count < 1_000_000)
        #expect(page.contains("1,000,000 operations"))
    }

    @Test("A report of nothing is a page, too")
    func empty() throws {
        let html = HTMLReport(nonce: "n")
        let pages = [
            html.page(of: Report(version: "1", results: [])),
            html.page(of: ExplorationReport(version: "1", seed: 1, explorations: [])),
            html.page(of: HistoryReport(version: "1", results: [])),
        ]
        for page in pages {
            _ = try Self.elements(of: page)
            #expect(page.contains("v-unknown"))
        }
    }
}
