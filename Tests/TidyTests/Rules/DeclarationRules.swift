/// The rules about what a file declares.
enum DeclarationRules {
    /// Witnesses of the standard library's protocols, whose meaning the protocol fixes.
    static let witnesses: Set<String> = ["==", "<", "hash", "encode"]

    /// Every public declaration has a documentation comment.
    static func documentation(_ file: SourceFile) -> [Offence] {
        file.declarations.compactMap { declaration in
            guard declaration.isPublic, !declaration.isOverride, declaration.keyword != "extension",
                !witnesses.contains(declaration.name), !hasComment(file, above: declaration.firstLine)
            else { return nil }
            return Offence(
                rule: .documented, path: file.path, line: declaration.line,
                reason: "The public `\(declaration.keyword) \(declaration.name)` has no documentation comment.")
        }
    }

    private static func hasComment(_ file: SourceFile, above line: Int) -> Bool {
        var index = line - 2
        // A directive may stand between, and a remark that is no documentation.
        while index >= 0 {
            let text = file.lines[index].drop { $0 == " " }
            if text.hasPrefix("///") || text.hasSuffix("*/") { return true }
            guard text.hasPrefix("#") || text.hasPrefix("//") else { return false }
            index -= 1
        }
        return false
    }

    /// Types with an implementation for each platform, of which the compiler sees one.
    static let ofPlatforms: Set<String> = ["Poller"]

    /// One name is one top-level type in the whole package.
    static func names(_ files: [SourceFile]) -> [Offence] {
        var places: [String: [Offence]] = [:]
        for file in files {
            for declaration in file.declarations
            where declaration.isTopLevel && Declaration.types.contains(declaration.keyword) {
                places[declaration.name, default: []].append(
                    Offence(rule: .typeName, path: file.path, line: declaration.line, reason: declaration.name))
            }
        }
        return places.filter { $1.count > 1 && !ofPlatforms.contains($0) }.flatMap { name, places in
            places.map { place in
                let others = places.filter { $0 != place }.map { "\($0.path):\($0.line)" }
                return Offence(
                    rule: .typeName, path: place.path, line: place.line,
                    reason: "The name `\(name)` is a type also in \(others.joined(separator: ", ")).")
            }
        }
    }
}
