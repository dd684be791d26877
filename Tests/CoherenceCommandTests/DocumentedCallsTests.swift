import ArgumentParser
import Foundation
import Testing

@testable import coherence

/// Every call of the command that README.md or a page of Documentation shows.
@Suite("The calls that the documentation shows")
struct DocumentedCallsTests {
    /// A call with the place where it stands.
    struct Call: Sendable, CustomTestStringConvertible {
        var place: String
        var text: String

        var testDescription: String { "\(place): \(text)" }
    }

    private static let pages =
        ["README.md", "CONTRIBUTING.md"]
        + ((try? FileManager.default.contentsOfDirectory(atPath: "\(CommandTests.root)/Documentation")) ?? [])
        .filter { $0.hasSuffix(".md") }.sorted().map { "Documentation/\($0)" }

    /// The lines of all pages, with those that go on in the next one joined to it.
    private static let lines: [Call] = pages.flatMap { page in
        let text = (try? String(contentsOfFile: "\(CommandTests.root)/\(page)", encoding: .utf8)) ?? ""
        return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().map {
            Call(place: "\(page):\($0 + 1)", text: String($1))
        }
    }

    /// Blocks of code: from `coherence` on, without a comment and without what the output goes to.
    static let calls: [Call] = lines.compactMap { line in
        guard let match = line.text.firstMatch(of: /^(?:    (?:.* \| )?|  again: |  reproduce: )(coherence [^#|>]*)/)
        else { return nil }
        let text = String(match.1).trimmingCharacters(in: .whitespaces)
        return isSynopsis(text) ? nil : Call(place: line.place, text: text)
    }

    /// The synopsis of each subcommand, once for each of its options.
    static let synopses: [Call] = lines.indices.flatMap { index -> [Call] in
        guard lines[index].text.hasPrefix("    coherence "), isSynopsis(lines[index].text) else { return [] }
        var text = lines[index].text.trimmingCharacters(in: .whitespaces)
        for line in lines[(index + 1)...].prefix(while: { $0.text.hasPrefix("      ") }) {
            text += " " + line.text.trimmingCharacters(in: .whitespaces)
        }
        return variants(of: text).map { Call(place: lines[index].place, text: $0) }
    }

    /// What is mentioned within a sentence.
    static let mentions: [Call] = lines.flatMap { line in
        line.text.matches(of: /`(coherence [a-z][^`]*)`/).map { Call(place: line.place, text: String($0.1)) }
    }

    private static func isSynopsis(_ text: String) -> Bool {
        text.contains("\u{2026}]") || text.contains(" [") || text.contains("\u{2026} ") || text.contains("\u{B7}")
            || text.contains(/\s[A-Z]+(\s|$)/)
    }

    /// Values for the words in capitals.
    private static let values = [
        "PATH": "Scenarios", "FILE": "failure.json", "SCENARIO": "Scenarios/permission-change.yaml",
        "NAME": "stale-fill", "WORLD": "live", "URL": "redis://localhost", "N": "3", "ADDRESS": "9464", "TIME": "2s",
        "CHECK": "sessions", "MODEL": "zones", "FORMAT": "edn", "RATE": "100/s", "SIZE": "1KB", "TOKEN": "a",
        "TRANSPORT": "streams", "FORM=FILE": "junit=report.xml", "FAULT": "restart-redis", "TEXT": "1",
        "SUBCOMMAND": "run",
    ]

    /// The call without its options, and with each of them: `a [--b C] [--d]` is `a`, `a --b C` and `a --d`.
    private static func variants(of synopsis: String) -> [String] {
        synopsis.replacing(" \u{2026} ", with: " --operations TEXT --schedule TOKEN ").replacing("\u{2026}", with: "")
            .components(separatedBy: "\u{B7}").flatMap { call in
                let parts = call.split(separator: "[").flatMap { $0.split(separator: "]") }.map {
                    $0.trimmingCharacters(in: .whitespaces)
                }
                let isOption = call.replacing("[", with: "]").split(separator: "]").map { part in
                    call.contains("[\(part)]")
                }
                let required = zip(parts, isOption).filter { !$1 }.map(\.0).joined(separator: " ")
                let options = zip(parts, isOption).filter { $1 }.flatMap { part, _ in alternatives(part) }
                return [required] + options.map { "\(required) \($0)" }
            }.map(filled)
    }

    /// `--format text|json` is `--format text` and `--format json`.
    private static func alternatives(_ option: String) -> [String] {
        let words = option.split(separator: " ").map(String.init)
        guard let choice = words.last, choice.contains("|") else { return [option] }
        return choice.split(separator: "|").map { (words.dropLast() + [String($0)]).joined(separator: " ") }
    }

    private static func filled(_ call: String) -> String {
        // The bridge has defects of its own.
        let values = call.hasPrefix("coherence bridge") ? values.merging(["NAME": "forgotten-position"]) { $1 } : values
        return call.split(separator: " ").map { values[String($0)] ?? String($0) }.joined(separator: " ")
    }

    /// The words of a call, as a shell would pass them on.
    private static func words(_ text: String) -> [String] {
        var (words, word, quote): ([String], String?, Character?) = ([], nil, nil)
        for character in text {
            if character == quote {
                quote = nil
            } else if quote == nil, "'\"".contains(character) {
                quote = character
                word = word ?? ""
            } else if quote == nil, character == " " {
                if let word { words.append(word) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        return words + (word.map { [$0] } ?? [])
    }

    /// What the command says against a call, or nil.
    static func complaint(_ call: String) -> String? {
        do {
            _ = try Coherence.parseAsRoot(Array(words(call).dropFirst()))
            return nil
        } catch {
            return Coherence.exitCode(for: error).isSuccess ? nil : Coherence.message(for: error)
        }
    }

    @Test("Each call of a block is understood, and the scenarios that it names are there", arguments: calls)
    func block(call: Call) {
        #expect(Self.complaint(call.text) == nil)
        for word in Self.words(call.text) where word.hasPrefix("Scenarios") {
            #expect(FileManager.default.fileExists(atPath: "\(CommandTests.root)/\(word)"), "\(word)")
        }
    }

    @Test("Each option of a synopsis is understood", arguments: synopses)
    func synopsis(call: Call) {
        #expect(Self.complaint(call.text) == nil)
    }

    @Test("Each call within a sentence names a subcommand and options that there are", arguments: mentions)
    func mention(call: Call) throws {
        let words = Self.words(call.text)
        let subcommand = try #require(
            Coherence.configuration.subcommands.first { $0._commandName == words[1] }, "no subcommand \(words[1])")
        let help = Coherence.helpMessage(for: subcommand, includeHidden: true)
        for word in words where word.hasPrefix("--") {
            #expect(help.contains("\(word) ") || help.contains("\(word)\n"), "\(word)")
        }
    }

    @Test("The pages have calls of each kind, and what is no call is refused")
    func canFail() {
        #expect(Self.calls.count >= 30)
        #expect(Self.synopses.count > 30)
        #expect(Self.mentions.count > 20)
        #expect(Self.complaint("coherence run Scenarios --wrold live")?.contains("--wrold") == true)
        #expect(Self.complaint("coherence runs Scenarios") != nil)
        #expect(
            Self.variants(of: "coherence a URL\u{2026} [--b N] [--c x|y]") == [
                "coherence a redis://localhost", "coherence a redis://localhost --b 3",
                "coherence a redis://localhost --c x", "coherence a redis://localhost --c y",
            ])
        #expect(Self.words("a 'b c'  \"d\"") == ["a", "b c", "d"])
    }
}
