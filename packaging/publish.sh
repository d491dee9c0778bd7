#!/usr/bin/env bash
# Makes the program that machines get: one file, trimmed, compiled ahead. Needs the .NET 10 SDK.
#
#   packaging/publish.sh DIRECTORY      the program is DIRECTORY/dom
set -euo pipefail

repository=$(dirname "$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)")
directory=${1:?publish.sh needs the directory the program goes to}
case $(uname -m) in
    x86_64) runtime=linux-x64 ;;
    aarch64) runtime=linux-arm64 ;;
    *) printf 'publish.sh: dom is not built for %s\n' "$(uname -m)" >&2; exit 1 ;;
esac
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

dotnet publish "$repository/Dom.Cli" -c Release -r "$runtime" -o "$directory" -nologo -v quiet -p:RunAnalyzers=false -p:PathMap="$repository=/dom"
