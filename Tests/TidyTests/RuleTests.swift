import Testing

/// Each rule catches what breaks it, and nothing else.
@Suite("The rules of the tidy test")
struct RuleTests {
    private func file(_ text: String, path: String = "Sources/History/Sample.swift") -> SourceFile {
        SourceFile(path: path, text: text)
    }

    @Test("A line of 121 columns is caught in code and in comments, not in a literal of several lines")
    func columns() {
        let wide = String(repeating: "\u{E9}", count: 121)
        #expect(FileRules.columns(file("let a = 1\n// \(wide.dropFirst(3))\n")).map(\.line) == [2])
        #expect(FileRules.columns(file("let a = 1\n// \(wide.dropFirst(4))\n")).isEmpty)
        #expect(FileRules.columns(file("let a = \"\(wide)\"\n")).map(\.line) == [1])
        #expect(FileRules.columns(file("let a = \"\"\"\n    \(wide)\n    \"\"\"\n")).isEmpty)
    }

    @Test(
        "A function of 71 lines is caught, whatever declares it",
        arguments: [
            ("func a() {", ["a"]), ("static func == (a: A, b: A) -> Bool where A == B {", ["=="]),
            ("init?(a: Int) throws {", ["init"]),
            ("var a: Int {", ["a"]), ("subscript(a: Int) -> Int {", ["subscript"]), ("deinit {", ["deinit"]),
            ("func a(b: () -> Void = { }) async throws(E)\n-> [Int] {", ["a"]), ("let a = b {", []),
            ("var a: [Int] = b {", []), ("@Test(\"{\", arguments: [1, 2]) func a(b: Int) {", ["a"]),
        ])
    func functionLines(opening: String, caught: [String]) {
        func names(lines: Int) -> [String] {
            let statements = String(repeating: "call() // }\n", count: lines - opening.split(separator: "\n").count - 1)
            let text = "struct A {\nfunc b()\n\(opening)\n\(statements)}\nfunc c() { \"}\" }\n}\n"
            return FileRules.functionLines(file(text)).map { offence in
                String(offence.reason.split(separator: "`", omittingEmptySubsequences: false)[1])
            }
        }
        #expect(names(lines: 71) == caught)
        #expect(names(lines: 70) == [])
    }

    @Test("A file of 29 lines is caught, and one of 401")
    func fileLines() {
        func lines(_ count: Int) -> SourceFile { file(String(repeating: "\n", count: count)) }
        #expect(FileRules.shortFile(lines(29)).count == 1)
        #expect(FileRules.shortFile(lines(30)).isEmpty)
        #expect(FileRules.longFile(lines(400)).isEmpty)
        #expect(FileRules.longFile(lines(401)).count == 1)
    }

    private let manifest = Manifest(
        """
        let package = Package(
            name: "sample",
            products: [.library(name: "Product", targets: ["History"])],
            targets: [
                .target(name: "Support"),  // .target(name: "Comment"),
                .target(
                    name: "History",
                    dependencies: ["Support", .product(name: "Yams", package: "yams-package")], exclude: ["file"]),
                .executableTarget(name: "benchmark", dependencies: [.target(name: "History")], path: "Benchmarks/One"),
                .testTarget(name: "HistoryTests", dependencies: ["History", "command-line"]),
            ])
        """)

    @Test("The targets of a manifest are read with their folders and what they may import")
    func manifestTargets() {
        #expect(
            manifest.targets == [
                .init(name: "benchmark", path: "Benchmarks/One", dependencies: ["History"]),
                .init(name: "History", path: "Sources/History", dependencies: ["Support", "Yams"]),
                .init(name: "Support", path: "Sources/Support", dependencies: []),
                .init(name: "HistoryTests", path: "Tests/HistoryTests", dependencies: ["History", "command-line"]),
            ])
    }

    @Test("An import that the target does not declare is caught, in each of its spellings")
    func imports() {
        let text = """
            import Foundation
            import Support
            @preconcurrency public import Checking
            import struct Scenarios.Target
            // import Comment
            let a = "import Text"
            @testable import Yams
            """
        #expect(CodeLineRules.imports(file(text), in: manifest).map(\.line) == [3, 4])
        #expect(CodeLineRules.imports(file("import Support\n", path: "Sources/Other/A.swift"), in: manifest).count == 1)
        #expect(
            CodeLineRules.imports(file("import command_line\n", path: "Tests/HistoryTests/A.swift"), in: manifest)
                .isEmpty
        )
    }

    @Test("A name of two top-level types is caught at both places; a nested type and an extension are none")
    func names() {
        let offences = DeclarationRules.names([
            file("struct A { struct B {} }\nextension C {}\nimport struct D.C\n", path: "1.swift"),
            file("@frozen public enum B {}\nprivate final class A {}\nactor C {}\n", path: "2.swift"),
        ])
        #expect(offences.map { "\($0.path):\($0.line)" }.sorted() == ["1.swift:1", "2.swift:2"])
    }

    @Test("A public declaration without a comment is caught, also a case and a requirement")
    func documentation() {
        let text = """
            /// Commented.
            @available(*, deprecated)
            @inlinable
            public struct A {
                public var a: Int  // Line 5.
                /// Commented.
                public private(set) var b: Int
                let c: Int
                public init(d: Int) {  // Line 9.
                    let e = d
                }
                public static func == (left: A, right: A) -> Bool { true }
                private(set) public var f: Int  // Line 13.
            }
            /// Commented.
            public enum B {
                case a, b  // Line 17.
                func c() {}
            }
            /// Commented.
            public protocol C {
                func a(_ b: Int) async throws -> Int  // Line 22.
                /// Commented.
                var d: Int { get }
            }
            public extension C {
                func e() {}  // Line 27.
            }
            enum D { case a }
            /* A remark.
            */
            public typealias E = Int
            // A remark that is no documentation.
            public func f() {}  // Line 34.
            """
        #expect(DeclarationRules.documentation(file(text)).map(\.line) == [5, 9, 13, 17, 22, 27, 34])
    }

    @Test(
        "A test that checks the type of an error only is caught",
        arguments: [
            ("#expect(throws: StreamError.self) { try a() }", true),
            ("_ = #expect(throws: StreamError.self) { try a() }", true),
            ("try #require(throws: StreamError.self) { try a() }", true),
            ("await #expect(throws: StreamError.self, \"a\") { try a() }", true),
            ("let error = try #require(throws: StreamError.self) { try a() }", false),
            ("code(of: #expect(throws: StreamError.self) { try a() })", false),
            ("let error = #expect(throws: StreamError.self) { _ = try a() }", false),
            ("#expect(throws: StreamError.late) { try a() }", false),
            ("await #expect(throws: CancellationError.self) { try a() }", false),
            ("// #expect(throws: StreamError.self) { try a() }", false),
        ])
    func errorCodes(line: String, isCaught: Bool) {
        #expect(CodeLineRules.errorCodes(file(line)).isEmpty == !isCaught)
    }

    @Test("A target without its sentence is caught, a row without a target, and an import upward")
    func architecture() {
        func problems(_ rows: String) -> [String] {
            ArchitectureRule.problems(
                page: "# A\n\n## Targets\n\n| target | job |\n| --- | --- |\n\(rows)\n\n## B\n| `C` | d | e |\n",
                manifest: manifest)
        }
        #expect(problems("| `Support` | a lock | - |\n| `History` | operations | - |") == [])
        #expect(problems("| `Support`, `History` | operations | - |") == [])
        #expect(
            problems("| `History` | operations | - |\n| `Support` | a lock | - |").first?.contains("upward") == true)
        #expect(problems("| `Support` | | - |\n| `History` | operations | - |").first?.contains("no sentence") == true)
        #expect(problems("| `Support`, `History`, `Old` | operations | - |").first?.contains("no target") == true)
        #expect(ArchitectureRule.problems(page: "", manifest: manifest).count == 1)
    }

    @Test("Code is what remains without comments and without what stands in literals")
    func code() {
        let text = ##"""
            let a = "{ \(b("}")) \" //" // {
            let c = #"" \ "# + "\\" /* { /* } */ { */ + d
            let e = f(/"{\/[{]"/, g / h, i / j) + #/{ " / /#
            """##
        let code = String(decoding: CodeText(text).code, as: UTF8.self).split(separator: "\n").map { line in
            line.split(separator: " ").joined(separator: " ")
        }
        #expect(code == ["let a = \" \"", "let c = #\" \"# + \" \" + d", "let e = f( , g / h, i / j) +"])
    }
}

@Suite("The list of what is not yet mended")
struct ToDoTests {
    private let offence = Offence(rule: .columns, path: "Sources/A/B.swift", line: 3, reason: "Too long.")

    @Test("It can only shrink")
    func shrinks() {
        #expect(ToDo("Sources/A/B.swift columns\n").problems([offence, offence]) == [])
        #expect(ToDo("").problems([offence]) == ["Sources/A/B.swift:3: Too long. [columns]"])
        #expect(ToDo("Sources/A/B.swift long-file\n").problems([offence]).count == 2)
        #expect(ToDo("Sources/A/B.swift columns\n").problems([]).first?.contains("no longer offends") == true)
        #expect(ToDo("b\na\n").problems([]).last?.contains("not sorted") == true)
    }

    @Test("Renewed, it has lost what no longer offends, follows a file that was moved, and has gained nothing")
    func renewed() {
        let list = ToDo("Sources/A/C.swift columns\nSources/Old/B.swift columns\n")
        let other = Offence(rule: .columns, path: "Sources/A/D.swift", line: 1, reason: "Too long.")
        #expect(list.renewed([offence, other]) == "Sources/A/B.swift columns\n")
    }
}
