import Foundation

/// Every target of Sources has its row in the table of Documentation/Architecture.md.
/// It imports only targets of the rows above its own.
enum ArchitectureRule {
    /// The targets that the table names, lowest first.
    static func ladder(_ page: String) -> [String] {
        page.split(separator: "\n").flatMap { line -> [String] in
            let cells = line.split(separator: "|", omittingEmptySubsequences: false)
            guard line.hasPrefix("| `"), cells.count >= 4, cells[2].contains(where: \.isLetter) else { return [] }
            return cells[1].split(separator: ",").map { $0.filter { !"` ".contains($0) } }
        }
    }

    static func problems(page: String, manifest: Manifest) -> [String] {
        // Other tables of the page have another first row.
        guard
            let section = page.components(separatedBy: "\n## Targets\n").dropFirst().first?
                .components(separatedBy: "\n## ").first
        else { return ["Architecture.md has no section `## Targets`."] }
        let ladder = ladder(section)
        let targets = manifest.targets.filter { $0.path.hasPrefix("Sources/") }
        var problems = targets.filter { !ladder.contains($0.name) }
            .map { "The target `\($0.name)` has no sentence in Architecture.md." }
        problems += ladder.filter { name in !targets.contains { $0.name == name } }
            .map { "Architecture.md describes `\($0)`, which is no target of Sources." }
        for target in targets {
            guard let place = ladder.firstIndex(of: target.name) else { continue }
            problems += target.dependencies.filter { (ladder.firstIndex(of: $0) ?? -1) > place }
                .map { "`\(target.name)` imports `\($0)`, which stands below it in Architecture.md: an import upward." }
        }
        return problems
    }
}
