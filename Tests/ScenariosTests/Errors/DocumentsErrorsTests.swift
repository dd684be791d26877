import Testing

@testable import Scenarios

@Suite("Errors in the document itself")
struct DocumentsErrorsTests {
    static let cases: [ErrorCase] = [
        ErrorCase(
            "Text that is not YAML",
            replacing: "worlds: [live]",
            by: "worlds: [live",
            gives: [
                """
                4:8: found text that is not YAML (while parsing a flow sequence in line 3, did not find \
                expected ',' or ']'); expected a scenario: scenario, cluster, data, phases, checks
                """
            ]),
        ErrorCase(
            "A limit that begins with > and is not quoted",
            replacing: #"limit: ">= 50 %", where: { layer: L1 } }"#,
            by: "limit: >= 50 %, where: { layer: L1 } }",
            gives: [
                #"""
                31:33: found text that is not YAML (while scanning for the next token in line 31, found \#
                character that cannot start any token); expected a limit that begins with > in quotation \#
                marks, such as "> 95 %"
                """#
            ]),
        ErrorCase(
            "A tab for indentation",
            replacing: "  hosts: 2",
            by: "\thosts: 2",
            gives: [
                """
                6:1: found text that is not YAML (while scanning a plain scalar in line 5, found a tab \
                character that violates indentation); expected spaces for indentation, not tabs
                """
            ]),
        ErrorCase(
            "A text with a colon",
            replacing: "scenario: Chain",
            by: "scenario: Chain: the second",
            gives: [
                """
                1:16: found text that is not YAML (mapping values are not allowed in this context); \
                expected a text with a colon in quotation marks, and each word in the column of its \
                neighbours
                """
            ]),
        ErrorCase(
            "Several documents",
            replacing: "vary:\n",
            by: "---\nvary:\n",
            gives: [
                "32:1: found a second document; expected one document in a file"
            ]),
        ErrorCase(
            "An anchor that is not there",
            replacing: "worlds: [live]",
            by: "worlds: *nowhere",
            gives: [
                """
                3:9: found text that is not YAML (found undefined alias); expected a scenario: scenario, \
                cluster, data, phases, checks
                """
            ]),
    ]

    @Test("Each error is reported at its place", arguments: cases)
    func reported(_ wrong: ErrorCase) {
        #expect(wrong.found == wrong.expected)
    }
}
