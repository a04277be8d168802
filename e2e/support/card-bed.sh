# Runs in namespaces of its own: the real PC/SC service with an empty reader. Cards are put in from outside (nsenter, by the number in
# bed.pid), and what works them finds the service by the socket in the folder. FOLDER.
folder=$1
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
pcscd --foreground --config "$folder/vpcd.conf" >pcscd.log 2>&1 &
service=$!
trap 'kill $service 2>/dev/null; exit' EXIT TERM INT
echo $$ >bed.pid
# The reader listens (port 0x8C7B, state 0A) a moment after the service does.
tries=0
until [ -S pcscd.comm ] && grep -q ':8C7B [0-9A-F:]* 0A' /proc/net/tcp; do
    tries=$((tries + 1))
    [ $tries -lt 300 ] || { cat pcscd.log; exit 1; }
    sleep 0.05
done
echo "card-bed is ready"
wait $service
