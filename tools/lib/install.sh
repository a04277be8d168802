# What our scripts need on a Debian machine, and how it gets there. Sourced by ./test and ./demo.
#
# Debian's packages are installed for the machine (as root or by sudo). Everything else goes into target/tools, for this
# checkout only.

tools_folder=$PWD/target/tools

# What was installed into target/tools is found first.
use_tools() {
    export PATH="$tools_folder/bin:$tools_folder/node/bin:$PATH"
}

# One line for each need: the package, then a command that succeeds when it is there.
building_needs() {
    cat <<'NEEDS'
build-essential  command -v cc && command -v make
ca-certificates  test -e /etc/ssl/certs/ca-certificates.crt
npm              command -v npm
python3          command -v python3
python3-pip      python3 -m pip --version
pkg-config       command -v pkg-config
libpcsclite-dev  pkg-config --exists libpcsclite
NEEDS
}

testing_needs() {
    building_needs
    cat <<'NEEDS'
postgresql            ls /usr/lib/postgresql/*/bin/initdb
kannel                test -x /usr/sbin/bearerbox
python3-aiosmtpd      /usr/bin/python3 -c 'import aiosmtpd'
chromium              test -x "${CHROMIUM:-/usr/bin/chromium}"
fonts-liberation      test -d /usr/share/fonts/truetype/liberation || test -d /usr/share/fonts/truetype/liberation2
default-jre-headless  command -v java
util-linux            command -v setpriv
oathtool              command -v oathtool
espeak-ng             command -v espeak-ng
baresip-core          command -v baresip
sip-tester            test -e /usr/share/sip-tester/dtmf_2833_pound.pcap
pcscd                 test -x /usr/sbin/pcscd
vsmartcard-vpcd       test -e /usr/lib/pcsc/drivers/serial/libifdvpcd.so
opensc                command -v pkcs15-tool && command -v piv-tool
opensc-pkcs11         ls /usr/lib/*/opensc-pkcs11.so
yubico-piv-tool       command -v yubico-piv-tool
softhsm2              command -v softhsm2-util
iproute2              PATH=$PATH:/sbin:/usr/sbin command -v ip
libnss3-tools         command -v certutil && command -v modutil && command -v pk12util
xvfb                  command -v Xvfb
xauth                 command -v xauth
xdotool               command -v xdotool
pinentry-gtk2         command -v pinentry-gtk-2
openssl               command -v openssl
NEEDS
}

# Installs the packages of the list on standard input that are missing.
install_needs() {
    local package check missing=()
    while read -r package check; do
        if bash -c "$check" >/dev/null 2>&1; then say "$package is there"; else missing+=("$package"); fi
    done
    ((${#missing[@]})) || return 0
    command -v apt-get >/dev/null ||
        fail "This is not a Debian machine. Install what these packages hold, then run again:" "  ${missing[*]}"
    local root=()
    if [[ $(id -u) != 0 ]]; then
        command -v sudo >/dev/null || fail "Install these as root, then run again:" "  apt-get install ${missing[*]}"
        root=(sudo)
    fi
    say "Installing ${missing[*]}"
    # The lists of packages can be old or missing; they are fetched only when the first try fails.
    local apt=("${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get)
    "${apt[@]}" install -y -qq --no-install-recommends "${missing[@]}" >/dev/null 2>&1 ||
        { "${apt[@]}" update -qq && "${apt[@]}" install -y -qq --no-install-recommends "${missing[@]}" >/dev/null; } ||
        fail "apt-get could not install ${missing[*]}. Its own words are above."
}

install_packages() { testing_needs | install_needs; need_rust; }

install_building_packages() { building_needs | install_needs; need_rust; }

need_rust() {
    command -v cargo >/dev/null || fail "Rust is missing. Install it for your user, then run again:" \
        "  curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh"
    say "$(cargo --version)"
}

# install_cargo_tool NAME VERSION [OPTION...]: into target/tools, unless this very version is there already.
install_cargo_tool() {
    local name=$1 version=$2
    shift 2
    if [[ $("$name" --version 2>/dev/null) == *"$version"* ]]; then return; fi
    say "Building $name $version (some minutes, once)"
    # Quick to build rather than quick to run: each runs for a second or two.
    CARGO_PROFILE_DEV_DEBUG=0 cargo install --quiet --debug --locked --root "$tools_folder" "$name@$version" "$@" ||
        fail "$name $version could not be installed. Try by hand:" "  cargo install --locked $name@$version"
}

# install_node_program FOLDER WHAT: a program of others that tests speak with, from its package-lock.json.
install_node_program() {
    local folder=$1 what=$2
    if [[ $folder/package-lock.json -nt $folder/node_modules/.package-lock.json ]]; then
        say "Fetching $what"
        (cd "$folder" && npm ci --silent --ignore-scripts) ||
            fail "npm ci fails in $folder. Connect to the internet, or point npm at a mirror, and run again."
        touch "$folder/node_modules/.package-lock.json"
    fi
}

# install_browser_tests NODE_VERSION: the packages of e2e/package-lock.json, and a Node.js that can run them.
install_browser_tests() {
    local version=$1 kind
    if (($(node -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0) < 20)); then
        case $(uname -m) in x86_64) kind=x64 ;; aarch64) kind=arm64 ;; *) fail "Install Node.js 20 or later." ;; esac
        say "Fetching Node.js $version, since Debian's is older than 20"
        npm install --silent --no-save --ignore-scripts --prefix "$tools_folder/node-package" "node-linux-$kind@$version" ||
            fail "Node.js 20 or later is missing and could not be fetched from npm. Install it, then run again."
        ln -sfn "node-package/node_modules/node-linux-$kind" "$tools_folder/node"
        hash -r
    fi
    if [[ e2e/package-lock.json -nt e2e/node_modules/.package-lock.json ]]; then
        say "Fetching the packages of the browser tests"
        (cd e2e && npm ci --silent) || fail "npm ci fails in e2e. Connect to the internet, or point npm at a mirror, and run again."
        touch e2e/node_modules/.package-lock.json
    fi
}
