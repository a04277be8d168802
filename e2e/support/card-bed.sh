# Runs in namespaces of its own: the real PC/SC service with two readers, and hands that put virtual cards into them. What works the
# cards stays outside and finds the service by the socket in the folder. FOLDER VCARD. What the hands do is written into the pipe
# "hands", line by line: a number, then what; that it was done stands in "done".
#   NUMBER in READER CARD ARGUMENTS…   the card that is kept in FOLDER/CARD, made with ARGUMENTS where it is new, into reader 0 or 1
#   NUMBER out READER                  whatever is in the reader is pulled out
folder=$1 vcard=$2
cd "$folder" || exit 1
ip link set lo up &&
    mount -t tmpfs tmpfs /run &&
    mkdir /run/pcscd &&
    mount --bind "$folder" /run/pcscd || exit 1
cat >vpcd.conf <<'READER'
FRIENDLYNAME "Virtual PCD"
DEVICENAME   /dev/null:0x8C7B
LIBPATH      /usr/lib/pcsc/drivers/serial/libifdvpcd.so
CHANNELID    0x8C7B
READER
mkfifo hands

# A reader listens a moment after the service does. A card that leaves by itself ends well, and stays out.
put_in() {
    number=$1 reader=$2 card=$3
    shift 3
    tries=0
    while [ "$(cat "in.$reader")" = "$number" ] && [ $tries -lt 100 ]; do
        # In the background: the shell hears a signal while it waits, and not while it runs something.
        "$vcard" connect "127.0.0.1:$((35963 + reader))" --folder "$folder/$card" "$@" &
        echo $! >"card.$reader"
        wait $! && break
        tries=$((tries + 1))
        sleep 0.1
    done
}

pull_out() {
    echo nothing >"in.$1"
    [ -e "card.$1" ] && kill "$(cat "card.$1")" 2>/dev/null
    rm -f "card.$1"
}

work() {
    while read -r number act reader words; do
        case $act in
        in)
            pull_out "$reader"
            echo "$number" >"in.$reader"
            # shellcheck disable=SC2086
            put_in "$number" "$reader" $words &
            ;;
        out) pull_out "$reader" ;;
        esac
        echo "$number" >done.new && mv done.new done
    done <hands
}

pcscd --foreground --config "$folder/vpcd.conf" >pcscd.log 2>&1 &
service=$!
# Open for writing, too: the pipe does not end between two lines.
exec 3<>hands
work &
hands=$!
trap 'kill $hands $service 2>/dev/null; exit' EXIT TERM INT
tries=0
# The readers listen (ports 0x8C7B and 0x8C7C, state 0A) a moment after the service does.
until [ -S pcscd.comm ] && [ "$(grep -c ':8C7[BC] [0-9A-F:]* 0A' /proc/net/tcp)" -ge 2 ]; do
    tries=$((tries + 1))
    [ $tries -lt 300 ] || { cat pcscd.log; exit 1; }
    sleep 0.05
done
echo "card-bed is ready"
wait $service
