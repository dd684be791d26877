/// The one place that makes text from outside fit for a terminal.
///
/// Names of scenarios and files, keys and tags of foreign histories, answers of servers and words of wrong files may
/// hold anything. Printed as it stands, a key can begin a line of its own and say `verdict: pass` there, an escape
/// sequence can wipe what was printed before, and U+202E turns the rest of a line around. What such characters are is
/// written instead of them: `\n`, `\u{1B}`, `\u{202E}`.
extension String {
    /// The text in one line that shows every character which a terminal would obey or hide.
    ///
    /// Escaped are all control characters (C0, DEL and C1), separators of lines and paragraphs, and what has no look of
    /// its own: directions of text, joiners, tags. A backslash stays what it is, so text that was made printable stays
    /// the same.
    package var printable: String {
        isPrintable ? self : Self.escaping(unicodeScalars) { !$0.isPrintable }
    }

    /// The same, where line feeds separate lines of our own. What they enclose was made printable before; this is what
    /// keeps a forgotten place from reaching the terminal.
    package var printableLines: String {
        Self.escaping(unicodeScalars) { !$0.isPrintable && $0 != "\n" }
    }

    /// Whether ``printable`` changes nothing.
    package var isPrintable: Bool { unicodeScalars.allSatisfy(\.isPrintable) }

    private static func escaping(
        _ scalars: UnicodeScalarView, where isEscaped: (Unicode.Scalar) -> Bool
    ) -> String {
        var text = UnicodeScalarView()
        for scalar in scalars {
            guard isEscaped(scalar) else {
                text.append(scalar)
                continue
            }
            let escape =
                switch scalar {
                case "\n": "\\n"
                case "\r": "\\r"
                case "\t": "\\t"
                default: "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
                }
            text.append(contentsOf: escape.unicodeScalars)
        }
        return String(text)
    }
}

extension Unicode.Scalar {
    /// Whether a terminal shows it and does nothing else.
    package var isPrintable: Bool {
        if isASCII { return value >= 0x20 && value != 0x7F }
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: return false
        default: break
        }
        // Selectors of an emoji's look change nothing but that look.
        return !properties.isDefaultIgnorableCodePoint || (0xFE00...0xFE0F).contains(value)
    }
}
