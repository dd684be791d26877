import Foundation

/// Finds a folder by its path inside of one of the folders above a file.
enum NearestFolder {
    /// That of the nearest folder above which has one. It is relative if the file's path is, and the folder can be reached that
    /// way.
    static func named(_ name: String, above file: String) -> String? {
        var isFolder: ObjCBool = false
        func exists(_ path: String) -> Bool {
            FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
        }
        let components = file.split(separator: "/", omittingEmptySubsequences: true).dropLast()
        let isAbsolute = file.hasPrefix("/")
        if !components.contains("..") {
            for length in stride(from: components.count, through: 0, by: -1) {
                let parent = components.prefix(length).joined(separator: "/")
                let base = (isAbsolute ? "/" : "") + parent + (parent.isEmpty ? "" : "/")
                if exists(base + name) { return base + name }
            }
        }
        var url = URL(fileURLWithPath: file).standardizedFileURL.deletingLastPathComponent()
        while true {
            let candidate = url.appendingPathComponent(name).path
            if exists(candidate) { return candidate }
            if url.path == "/" { return nil }
            url.deleteLastPathComponent()
        }
    }
}
