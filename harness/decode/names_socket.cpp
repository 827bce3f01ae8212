#include "harness/decode/names.h"

#include <linux/netlink.h>
#include <netinet/in.h>
#include <sys/socket.h>

// By value: what is younger than the C library's headers, and flags that it wraps in enumerators.

namespace callgate::decode {

namespace {

constexpr Name kSocketDomainNames[] = {{AF_UNSPEC, "AF_UNSPEC"},
                                       {AF_UNIX, "AF_UNIX"},
                                       {AF_INET, "AF_INET"},
                                       {AF_AX25, "AF_AX25"},
                                       {AF_IPX, "AF_IPX"},
                                       {AF_APPLETALK, "AF_APPLETALK"},
                                       {AF_NETROM, "AF_NETROM"},
                                       {AF_BRIDGE, "AF_BRIDGE"},
                                       {AF_ATMPVC, "AF_ATMPVC"},
                                       {AF_X25, "AF_X25"},
                                       {AF_INET6, "AF_INET6"},
                                       {AF_ROSE, "AF_ROSE"},
                                       {AF_DECnet, "AF_DECnet"},
                                       {AF_NETBEUI, "AF_NETBEUI"},
                                       {AF_SECURITY, "AF_SECURITY"},
                                       {AF_KEY, "AF_KEY"},
                                       {AF_NETLINK, "AF_NETLINK"},
                                       {AF_PACKET, "AF_PACKET"},
                                       {AF_ASH, "AF_ASH"},
                                       {AF_ECONET, "AF_ECONET"},
                                       {AF_ATMSVC, "AF_ATMSVC"},
                                       {AF_RDS, "AF_RDS"},
                                       {AF_SNA, "AF_SNA"},
                                       {AF_IRDA, "AF_IRDA"},
                                       {AF_PPPOX, "AF_PPPOX"},
                                       {AF_WANPIPE, "AF_WANPIPE"},
                                       {AF_LLC, "AF_LLC"},
                                       {AF_IB, "AF_IB"},
                                       {AF_MPLS, "AF_MPLS"},
                                       {AF_CAN, "AF_CAN"},
                                       {AF_TIPC, "AF_TIPC"},
                                       {AF_BLUETOOTH, "AF_BLUETOOTH"},
                                       {AF_IUCV, "AF_IUCV"},
                                       {AF_RXRPC, "AF_RXRPC"},
                                       {AF_ISDN, "AF_ISDN"},
                                       {AF_PHONET, "AF_PHONET"},
                                       {AF_IEEE802154, "AF_IEEE802154"},
                                       {AF_CAIF, "AF_CAIF"},
                                       {AF_ALG, "AF_ALG"},
                                       {AF_NFC, "AF_NFC"},
                                       {AF_VSOCK, "AF_VSOCK"},
                                       {AF_KCM, "AF_KCM"},
                                       {AF_QIPCRTR, "AF_QIPCRTR"},
                                       {AF_SMC, "AF_SMC"},
                                       {AF_XDP, "AF_XDP"},
                                       {45, "AF_MCTP"}};
constexpr std::uint64_t kSocketTypeMask = 0xf;
constexpr Name kSocketTypeNames[] = {{1, "SOCK_STREAM", kSocketTypeMask},
                                     {2, "SOCK_DGRAM", kSocketTypeMask},
                                     {3, "SOCK_RAW", kSocketTypeMask},
                                     {4, "SOCK_RDM", kSocketTypeMask},
                                     {5, "SOCK_SEQPACKET", kSocketTypeMask},
                                     {6, "SOCK_DCCP", kSocketTypeMask},
                                     {10, "SOCK_PACKET", kSocketTypeMask},
                                     {04000, "SOCK_NONBLOCK"},
                                     {02000000, "SOCK_CLOEXEC"}};
constexpr Name kSocketFlagNames[] = {{04000, "SOCK_NONBLOCK"}, {02000000, "SOCK_CLOEXEC"}};
// Without IPPROTO_IP, whose 0 is "the usual one of this type" (socket(2)).
constexpr Name kIpProtocolNames[] = {{IPPROTO_ICMP, "IPPROTO_ICMP"},       {IPPROTO_IGMP, "IPPROTO_IGMP"},
                                     {IPPROTO_IPIP, "IPPROTO_IPIP"},       {IPPROTO_TCP, "IPPROTO_TCP"},
                                     {IPPROTO_EGP, "IPPROTO_EGP"},         {IPPROTO_PUP, "IPPROTO_PUP"},
                                     {IPPROTO_UDP, "IPPROTO_UDP"},         {IPPROTO_IDP, "IPPROTO_IDP"},
                                     {IPPROTO_TP, "IPPROTO_TP"},           {IPPROTO_DCCP, "IPPROTO_DCCP"},
                                     {IPPROTO_IPV6, "IPPROTO_IPV6"},       {IPPROTO_RSVP, "IPPROTO_RSVP"},
                                     {IPPROTO_GRE, "IPPROTO_GRE"},         {IPPROTO_ESP, "IPPROTO_ESP"},
                                     {IPPROTO_AH, "IPPROTO_AH"},           {IPPROTO_ICMPV6, "IPPROTO_ICMPV6"},
                                     {IPPROTO_MTP, "IPPROTO_MTP"},         {IPPROTO_BEETPH, "IPPROTO_BEETPH"},
                                     {IPPROTO_ENCAP, "IPPROTO_ENCAP"},     {IPPROTO_PIM, "IPPROTO_PIM"},
                                     {IPPROTO_COMP, "IPPROTO_COMP"},       {IPPROTO_SCTP, "IPPROTO_SCTP"},
                                     {IPPROTO_UDPLITE, "IPPROTO_UDPLITE"}, {IPPROTO_MPLS, "IPPROTO_MPLS"},
                                     {IPPROTO_RAW, "IPPROTO_RAW"},         {262, "IPPROTO_MPTCP"}};
constexpr Name kNetlinkProtocolNames[] = {
    {NETLINK_ROUTE, "NETLINK_ROUTE"},
    {NETLINK_USERSOCK, "NETLINK_USERSOCK"},
    {NETLINK_FIREWALL, "NETLINK_FIREWALL"},
    {NETLINK_SOCK_DIAG, "NETLINK_SOCK_DIAG"},
    {NETLINK_NFLOG, "NETLINK_NFLOG"},
    {NETLINK_XFRM, "NETLINK_XFRM"},
    {NETLINK_SELINUX, "NETLINK_SELINUX"},
    {NETLINK_ISCSI, "NETLINK_ISCSI"},
    {NETLINK_AUDIT, "NETLINK_AUDIT"},
    {NETLINK_FIB_LOOKUP, "NETLINK_FIB_LOOKUP"},
    {NETLINK_CONNECTOR, "NETLINK_CONNECTOR"},
    {NETLINK_NETFILTER, "NETLINK_NETFILTER"},
    {NETLINK_IP6_FW, "NETLINK_IP6_FW"},
    {NETLINK_DNRTMSG, "NETLINK_DNRTMSG"},
    {NETLINK_KOBJECT_UEVENT, "NETLINK_KOBJECT_UEVENT"},
    {NETLINK_GENERIC, "NETLINK_GENERIC"},
    {NETLINK_SCSITRANSPORT, "NETLINK_SCSITRANSPORT"},
    {NETLINK_ECRYPTFS, "NETLINK_ECRYPTFS"},
    {NETLINK_RDMA, "NETLINK_RDMA"},
    {NETLINK_CRYPTO, "NETLINK_CRYPTO"},
    {NETLINK_SMC, "NETLINK_SMC"},
};
constexpr Name kMessageFlagNames[] = {
    {MSG_OOB, "MSG_OOB"},
    {MSG_PEEK, "MSG_PEEK"},
    {MSG_DONTROUTE, "MSG_DONTROUTE"},
    {MSG_CTRUNC, "MSG_CTRUNC"},
    {MSG_PROXY, "MSG_PROXY"},
    {MSG_TRUNC, "MSG_TRUNC"},
    {MSG_DONTWAIT, "MSG_DONTWAIT"},
    {MSG_EOR, "MSG_EOR"},
    {MSG_WAITALL, "MSG_WAITALL"},
    {MSG_FIN, "MSG_FIN"},
    {MSG_SYN, "MSG_SYN"},
    {MSG_CONFIRM, "MSG_CONFIRM"},
    {MSG_RST, "MSG_RST"},
    {MSG_ERRQUEUE, "MSG_ERRQUEUE"},
    {MSG_NOSIGNAL, "MSG_NOSIGNAL"},
    {MSG_MORE, "MSG_MORE"},
    {MSG_WAITFORONE, "MSG_WAITFORONE"},
    {MSG_BATCH, "MSG_BATCH"},
    {MSG_ZEROCOPY, "MSG_ZEROCOPY"},
    {MSG_FASTOPEN, "MSG_FASTOPEN"},
    {MSG_CMSG_CLOEXEC, "MSG_CMSG_CLOEXEC"},
};
constexpr Name kShutdownHowNames[] = {
    {SHUT_RD, "SHUT_RD"},
    {SHUT_WR, "SHUT_WR"},
    {SHUT_RDWR, "SHUT_RDWR"},
};
// include/uapi/linux/net.h
constexpr Name kSocketCallNames[] = {
    {1, "SYS_SOCKET"},    {2, "SYS_BIND"},        {3, "SYS_CONNECT"},     {4, "SYS_LISTEN"},
    {5, "SYS_ACCEPT"},    {6, "SYS_GETSOCKNAME"}, {7, "SYS_GETPEERNAME"}, {8, "SYS_SOCKETPAIR"},
    {9, "SYS_SEND"},      {10, "SYS_RECV"},       {11, "SYS_SENDTO"},     {12, "SYS_RECVFROM"},
    {13, "SYS_SHUTDOWN"}, {14, "SYS_SETSOCKOPT"}, {15, "SYS_GETSOCKOPT"}, {16, "SYS_SENDMSG"},
    {17, "SYS_RECVMSG"},  {18, "SYS_ACCEPT4"},    {19, "SYS_RECVMMSG"},   {20, "SYS_SENDMMSG"}};

}  // namespace

const Table kSocketDomains{kSocketDomainNames};
const Table kSocketTypes{kSocketTypeNames};
const Table kSocketFlags{kSocketFlagNames};
const Table kIpProtocols{kIpProtocolNames};
const Table kNetlinkProtocols{kNetlinkProtocolNames};
const Table kMessageFlags{kMessageFlagNames};
const Table kShutdownHow{kShutdownHowNames};
const Table kSocketCalls{kSocketCallNames};

}  // namespace callgate::decode
