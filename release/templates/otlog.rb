# Written by the release of otlog {{.Version}}.
class Otlog < Formula
  desc "Reports which errors logs of the OpenTok / Vonage Video SDK contain"
  homepage "https://github.com/otlog/otlog"
  version "{{.Version}}"
  license "Apache-2.0"

  on_macos do
    on_intel do
      url "{{.URL}}darwin_amd64.tar.gz"
      sha256 "{{sha256 (print .Start "darwin_amd64.tar.gz")}}"
    end
    on_arm do
      url "{{.URL}}darwin_arm64.tar.gz"
      sha256 "{{sha256 (print .Start "darwin_arm64.tar.gz")}}"
    end
  end

  on_linux do
    on_intel do
      url "{{.URL}}linux_amd64.tar.gz"
      sha256 "{{sha256 (print .Start "linux_amd64.tar.gz")}}"
    end
    on_arm do
      url "{{.URL}}linux_arm64.tar.gz"
      sha256 "{{sha256 (print .Start "linux_arm64.tar.gz")}}"
    end
  end

  def install
    bin.install "otlog"
    man1.install "otlog.1"
    bash_completion.install "completions/otlog.bash" => "otlog"
    zsh_completion.install "completions/_otlog"
    fish_completion.install "completions/otlog.fish"
    doc.install "README.md", "CHANGELOG.md", "LICENSES-OF-MODULES"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/otlog version")
    (testpath/"a.log").write "OpenTok:Session:error OT_TIMEOUT: Session.publish :: timed out\n"
    assert_match "OT_TIMEOUT", shell_output("#{bin}/otlog a.log")
  end
end
