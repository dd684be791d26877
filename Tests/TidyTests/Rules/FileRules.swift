/// The rules about the size and the lines of one file.
enum FileRules {
    static let columns = 120
    static let functionLines = 70
    static let shortestFile = 30
    static let longestFile = 400

    /// Files of under 30 lines that serve no larger type, with the reason.
    static let shortFiles: [String: String] = [
        "Sources/Support/ShownFigure.swift": "Two targets write figures so; it serves no other type of Support.",
        "Tests/JudgingAlone/JudgingAlone.swift": "A program of its own.",
    ]

    /// Lines of code and of comments. A text in a literal of several lines is as wide as what it is compared with.
    static func columns(_ file: SourceFile) -> [Offence] {
        file.lines.indices.compactMap { index in
            let line = file.lines[index]
            guard line.utf8.count > columns, !file.isLiteral[index] else { return nil }
            let width = line.count
            guard width > columns else { return nil }
            return Offence(
                rule: .columns, path: file.path, line: index + 1,
                reason: "The line has \(width) columns. At most \(columns) are allowed.")
        }
    }

    static func functionLines(_ file: SourceFile) -> [Offence] {
        file.declarations.compactMap { declaration in
            let count = declaration.lastLine - declaration.line + 1
            guard Declaration.functions.contains(declaration.keyword), count > functionLines else { return nil }
            return Offence(
                rule: .functionLines, path: file.path, line: declaration.line,
                reason: "`\(declaration.name.isEmpty ? declaration.keyword : declaration.name)` has \(count) lines."
                    + " A function has at most \(functionLines).")
        }
    }

    static func shortFile(_ file: SourceFile) -> [Offence] {
        guard file.lines.count < shortestFile, shortFiles[file.path] == nil else { return [] }
        return [
            Offence(
                rule: .shortFile, path: file.path, line: 1,
                reason: "The file has \(file.lines.count) lines. Merge a file of under \(shortestFile) lines into the"
                    + " type that it serves, or name it among the exceptions with the reason.")
        ]
    }

    static func longFile(_ file: SourceFile) -> [Offence] {
        guard file.lines.count > longestFile else { return [] }
        return [
            Offence(
                rule: .longFile, path: file.path, line: longestFile + 1,
                reason: "The file has \(file.lines.count) lines. A file has at most \(longestFile).")
        ]
    }
}
