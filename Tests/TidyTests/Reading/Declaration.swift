/// A declaration of a Swift file that is not local to a function.
struct Declaration: Sendable, Equatable {
    /// The word that declares: `struct`, `func`, `var`, `case` and the like.
    var keyword: String

    /// Empty for an initialiser, a subscript and an extension.
    var name: String

    /// The line of its first attribute, counted from 1.
    var firstLine: Int

    /// The line of its first modifier, or of its keyword.
    var line: Int

    /// The line of its closing brace, or ``line`` if it has none.
    var lastLine: Int

    /// It can be seen from outside its module.
    var isPublic: Bool

    /// It stands in no other declaration.
    var isTopLevel: Bool

    /// It overrides a declaration that has a comment.
    var isOverride: Bool

    static let types: Set<String> = ["struct", "class", "enum", "actor", "protocol", "typealias"]
    static let functions: Set<String> = ["func", "init", "deinit", "subscript", "var"]
}

/// Finds the declarations in the code of a file, by its words and brackets.
struct DeclarationReader {
    private(set) var declarations: [Declaration] = []

    private var tokens: [Token] = []
    private var position = 0

    private struct Token {
        var text: String
        var line: Int
        var startsLine: Bool
    }

    /// What declarations stand in.
    private enum Scope {
        case file
        /// The members of an enumeration or of a protocol are as public as it is itself.
        case type(lendsPublic: Bool, isEnum: Bool)
    }

    private static let modifiers: Set<String> = [
        "public", "package", "internal", "fileprivate", "private", "open", "static", "final", "mutating", "nonmutating",
        "nonisolated", "override", "required", "convenience", "lazy", "weak", "unowned", "indirect", "dynamic",
        "isolated",
        "borrowing", "consuming", "prefix", "postfix", "infix", "class", "async",
    ]

    private static let declaring: Set<String> = [
        "struct", "class", "enum", "actor", "protocol", "typealias", "extension", "func", "init", "deinit", "subscript",
        "var", "let", "case", "associatedtype", "macro",
    ]

    /// Reads `code`, which has no comments and no contents of literals: see ``CodeText``. O(length).
    init(_ code: [UInt8]) {
        tokens = Self.tokens(of: code)
        readMembers(of: .file)
        tokens = []
    }

    private static func tokens(of code: [UInt8]) -> [Token] {
        var tokens: [Token] = []
        var (line, at, startsLine) = (1, 0, true)
        while at < code.count {
            let byte = code[at]
            if byte == UInt8(ascii: "\n") {
                line += 1
                at += 1
                startsLine = true
            } else if byte == UInt8(ascii: " ") {
                at += 1
            } else {
                let start = at
                at += 1
                if isWord(byte) { while at < code.count, isWord(code[at]) { at += 1 } }
                tokens.append(
                    Token(text: String(decoding: code[start..<at], as: UTF8.self), line: line, startsLine: startsLine))
                startsLine = false
            }
        }
        return tokens
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "@"),
            UInt8(ascii: "#"):
            true
        default: byte >= 0x80
        }
    }

    private var text: String { position < tokens.count ? tokens[position].text : "" }

    private var following: String { position + 1 < tokens.count ? tokens[position + 1].text : "" }

    /// Passes a bracket and all up to the one that closes it. Returns the line of that.
    @discardableResult
    private mutating func skipBrackets() -> Int {
        var depth = 0
        while position < tokens.count {
            switch text {
            case "(", "[", "{": depth += 1
            case ")", "]", "}": depth -= 1
            default: break
            }
            position += 1
            if depth == 0 { return tokens[position - 1].line }
        }
        return tokens.last?.line ?? 1
    }

    /// Reads declarations up to the brace that closes the scope, which it leaves.
    private mutating func readMembers(of scope: Scope) {
        var attributeLine: Int?
        while position < tokens.count, text != "}" {
            if text.hasPrefix("@") {
                attributeLine = attributeLine ?? tokens[position].line
                skipAttribute()
            } else if startsDeclaration {
                readDeclaration(in: scope, attributeLine: attributeLine)
                attributeLine = nil
            } else {
                attributeLine = nil
                switch text {
                case "(", "[", "{": skipBrackets()
                case "import": repeat { position += 1 } while position < tokens.count && !tokens[position].startsLine
                default: position += 1
                }
            }
        }
    }

    private mutating func skipAttribute() {
        position += 1
        if text == "(", !tokens[position].startsLine { skipBrackets() }
    }

    private var startsDeclaration: Bool {
        Self.modifiers.contains(text) || Self.declaring.contains(text)
    }

    private mutating func readDeclaration(in scope: Scope, attributeLine: Int?) {
        let line = tokens[position].line
        var found: Set<String> = []
        while Self.modifiers.contains(text), text != "class" || Self.modifiers.union(Self.declaring).contains(following)
        {
            let modifier = text
            position += 1
            // `private(set)` does not limit who reads.
            if text == "(" { skipBrackets() } else { found.insert(modifier) }
            while text.hasPrefix("@") { skipAttribute() }
        }
        guard Self.declaring.contains(text) else { return }
        let keyword = text
        position += 1
        let hasName = !["init", "deinit", "subscript", "extension"].contains(keyword)
        let name = hasName ? operatorOrWord() : ""
        var (isPublic, isTopLevel) = (found.contains("public") || found.contains("open"), true)
        if case .type(let lendsPublic, let isEnum) = scope {
            isTopLevel = false
            if lendsPublic, !isEnum || keyword == "case" { isPublic = true }
        }
        let index = declarations.count
        declarations.append(
            Declaration(
                keyword: keyword, name: name, firstLine: attributeLine ?? line, line: line, lastLine: line,
                isPublic: isPublic, isTopLevel: isTopLevel,
                isOverride: found.contains("override")))
        declarations[index].lastLine = readRest(keyword: keyword, isPublic: isPublic) ?? line
    }

    /// The name of a function may be an operator, of several bytes.
    private mutating func operatorOrWord() -> String {
        var name = text
        position += 1
        guard let first = name.utf8.first, !Self.isWord(first) else { return name }
        while position < tokens.count, !["(", "{", "<"].contains(text), !tokens[position].startsLine,
            text.utf8.count == 1,
            text.utf8.first.map(Self.isWord) == false
        {
            name += text
            position += 1
        }
        return name
    }

    /// Reads a declaration from after its name to its end. Returns the line of its closing brace.
    private mutating func readRest(keyword: String, isPublic: Bool) -> Int? {
        let isType = Declaration.types.contains(keyword) || keyword == "extension"
        var isInitialised = false
        while position < tokens.count {
            switch text {
            case "(", "[": skipBrackets()
            case "=" where following == "=": position += 2
            case "=":
                isInitialised = true
                position += 1
            case "{" where isType:
                position += 1
                readMembers(
                    of: .type(
                        lendsPublic: isPublic && keyword != "struct" && keyword != "class" && keyword != "actor",
                        isEnum: keyword != "protocol" && keyword != "extension"))
                position += 1
                return position <= tokens.count ? tokens[position - 1].line : tokens.last?.line
            case "{":
                let last = skipBrackets()
                if !isInitialised { return last }
            case "}", ";": return nil
            case _
            where tokens[position].startsLine && (startsDeclaration || text.hasPrefix("@") || text.hasPrefix("#")):
                // The next declaration begins, or what stands before it.
                return nil
            default: position += 1
            }
        }
        return nil
    }
}
