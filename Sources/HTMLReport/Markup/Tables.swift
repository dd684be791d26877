/// Tables and small parts that several sections have.
enum Tables {
    /// A column of a table.
    struct Column {
        let title: String
        var isNumber = false

        static func text(_ title: String) -> Column { Column(title: title) }
        static func number(_ title: String) -> Column { Column(title: title, isNumber: true) }

        var attribute: Markup { isNumber ? #" class="n""# : "" }
    }

    /// A table in a frame that scrolls sideways; nothing without rows.
    /// - Parameters:
    ///   - caption: what it says, for those who do not see where it stands.
    ///   - most: so many rows are shown, and how many more there are.
    static func table(_ caption: String, _ columns: [Column], _ rows: [[Markup]], most: Int = 200) -> Markup {
        guard !rows.isEmpty else { return "" }
        let head = columns.map { column -> Markup in #"<th scope="col"\#(column.attribute)>\#(column.title)</th>"# }
        let body = rows.prefix(most).map { row -> Markup in
            let cells = zip(row, columns).enumerated().map { index, cell -> Markup in
                index == 0
                    ? #"<th scope="row">\#(cell.0)</th>"#
                    : #"<td\#(cell.1.attribute)>\#(cell.0)</td>"#
            }
            return "<tr>\(cells)</tr>"
        }
        let more: Markup =
            rows.count > most ? #"<p class="more">and \#(rows.count - most) more rows</p>"# : ""
        return """
            <div class="scroll" tabindex="0" role="group" aria-label="\(caption)"><table><caption>\(caption)</caption>\
            <thead><tr>\(head)</tr></thead><tbody>\(body)</tbody></table></div>\(more)
            """
    }

    /// Something that is read when it is wanted.
    static func details(_ title: String, _ content: Markup, isOpen: Bool = false) -> Markup {
        content.isEmpty ? "" : "<details\(isOpen ? " open" : "")><summary>\(title)</summary>\n\(content)\n</details>"
    }

    /// A command line, with a button that copies it.
    static func command(_ title: String, _ line: String) -> Markup {
        """
        <div class="command"><span class="label">\(title)</span>\
        <code tabindex="0" role="group" aria-label="\(title)">\(line)</code>\
        <button type="button" class="copy" hidden>Copy</button></div>
        """
    }

    /// Lines of text, none if there are none.
    static func list(_ lines: [Markup], most: Int = 100) -> Markup {
        guard !lines.isEmpty else { return "" }
        var items = lines.prefix(most).map { line -> Markup in "<li>\(line)</li>" }
        if lines.count > most { items.append("<li>and \(lines.count - most) more</li>") }
        return #"<ul class="plain">\#(items)</ul>"#
    }
}
