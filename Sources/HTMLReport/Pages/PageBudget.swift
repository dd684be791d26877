/// How much of a page is left. What does not go in any more is named instead.
final class PageBudget {
    /// A page is no larger, its frame included.
    static let mostBytes = 5_000_000
    /// What is kept for the frame, and for the sentences about what was left out.
    private static let reserve = 400_000

    private(set) var rest: Int

    init(bytes: Int = PageBudget.mostBytes) { rest = max(0, bytes - Self.reserve) }

    /// Whether there is hardly room for anything.
    var isSpent: Bool { rest < 20_000 }

    /// A piece, if there is room for it; otherwise a sentence in its place.
    /// - Parameters:
    ///   - share: the part of what is left that it may take at most.
    ///   - name: what it is.
    func take(_ name: String, share: Double = 1, _ make: () -> Markup) -> Markup {
        let piece = isSpent ? nil : make()
        guard let piece, piece.size <= Int(Double(rest) * share) else {
            let note: Markup =
                #"<p class="left-out">Left out, because the page would become too large: \#(name).</p>"#
            rest -= note.size
            return rest > -Self.reserve / 2 ? note : ""
        }
        rest -= piece.size
        return piece
    }
}
