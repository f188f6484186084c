//! Common DNS hosts by the names of their name servers, with the words that help somebody who looks
//! for the right place in their panel. The table only ever chooses words: nothing is proven by it,
//! and a host that is missing or changed its panel costs a person a minute.

/// A DNS host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DnsHost {
    pub(super) slug: &'static str,
    pub(super) name: &'static str,
    /// Where to go in the panel.
    pub(super) path: &'static str,
    /// What the panel wants as the record's name.
    pub(super) name_field: NameField,
    pub(super) documentation: &'static str,
    /// Ends of name servers' names, whole labels. `#` stands for digits.
    pub(super) servers: &'static [&'static str],
}

/// What a panel does with the name that is typed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NameField {
    /// It puts the domain behind it.
    Relative,
    /// It takes the name as it is.
    Full,
}

const fn host(
    slug: &'static str,
    name: &'static str,
    path: &'static str,
    documentation: &'static str,
    servers: &'static [&'static str],
) -> DnsHost {
    DnsHost {
        slug,
        name,
        path,
        name_field: NameField::Relative,
        documentation,
        servers,
    }
}

/// All that are known, by slug.
#[rustfmt::skip]
pub(super) const HOSTS: &[DnsHost] = &[
    host("akamai", "Akamai Edge DNS",
        "In Akamai Control Center open Edge DNS, choose the zone and add a record set of type TXT.",
        "https://techdocs.akamai.com/edge-dns", &["akam.net"]),
    host("alibaba", "Alibaba Cloud DNS",
        "In the Alibaba Cloud console open Alibaba Cloud DNS, choose the domain and add a record of type TXT.",
        "https://www.alibabacloud.com/help/en/dns", &["alidns.com", "hichina.com"]),
    host("aws_route53", "Amazon Route 53",
        "In the AWS console open Route 53, Hosted zones, the zone, and create a record of type TXT. Put the value in double quotes.",
        "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-creating.html",
        &["awsdns-#.com", "awsdns-#.net", "awsdns-#.org", "awsdns-#.co.uk"]),
    host("azure", "Microsoft Azure DNS",
        "In the Azure portal open DNS zones, the zone, Record sets, and add one of type TXT.",
        "https://learn.microsoft.com/azure/dns/dns-operations-recordsets-portal",
        &["azure-dns.com", "azure-dns.net", "azure-dns.org", "azure-dns.info"]),
    host("bluehost", "Bluehost",
        "In the Bluehost account open Domains, the domain, DNS, and add a record of type TXT.",
        "https://www.bluehost.com/help", &["bluehost.com"]),
    host("cloudflare", "Cloudflare",
        "In the Cloudflare dashboard choose the domain, open DNS, Records, and add a record of type TXT.",
        "https://developers.cloudflare.com/dns/manage-dns-records/how-to/create-dns-records/",
        &["ns.cloudflare.com", "foundationdns.com", "foundationdns.net", "foundationdns.org"]),
    host("cloudns", "ClouDNS",
        "In the ClouDNS control panel open the zone, the TXT tab, and add a record.",
        "https://www.cloudns.net/wiki/", &["cloudns.net"]),
    host("desec", "deSEC",
        "In deSEC's domain management open the domain and add a record set of type TXT. Put the value in double quotes.",
        "https://desec.readthedocs.io/", &["desec.io", "desec.org"]),
    host("digitalocean", "DigitalOcean",
        "In the DigitalOcean control panel open Networking, Domains, the domain, and create a record of type TXT.",
        "https://docs.digitalocean.com/products/networking/dns/how-to/manage-records/", &["digitalocean.com"]),
    host("dnsimple", "DNSimple",
        "In DNSimple open the domain, DNS, Manage records, and add a record of type TXT.",
        "https://support.dnsimple.com/articles/txt-record/",
        &["dnsimple.com", "dnsimple-edge.com", "dnsimple-edge.net", "dnsimple-edge.org"]),
    host("dnspod", "Tencent Cloud DNSPod",
        "In the DNSPod console open the domain and add a record of type TXT.",
        "https://docs.dnspod.com/", &["dnspod.net", "dnspod.com"]),
    host("dreamhost", "DreamHost",
        "In the DreamHost panel open Websites, DNS, the domain, and add a custom record of type TXT.",
        "https://help.dreamhost.com/", &["dreamhost.com"]),
    host("dynadot", "Dynadot",
        "In Dynadot open My Domains, Manage Domains, the domain, DNS Settings, and add a record of type TXT: as a subdomain record, because the name begins with _proof.",
        "https://www.dynadot.com/help", &["dyna-ns.net"]),
    host("easydns", "easyDNS",
        "In easyDNS open the domain, DNS, edit TXT records, and add one.",
        "https://kb.easydns.com/", &["easydns.com", "easydns.net", "easydns.org", "easydns.ca", "easydns.info"]),
    host("gandi", "Gandi",
        "At Gandi open Domain, the domain, DNS Records, and add a record of type TXT.",
        "https://docs.gandi.net/en/domain_names/", &["gandi.net"]),
    host("godaddy", "GoDaddy",
        "At GoDaddy open Domain Portfolio, the domain, DNS, and add a new record of type TXT.",
        "https://www.godaddy.com/help/add-a-txt-record-19232", &["domaincontrol.com"]),
    host("google_cloud", "Google Cloud DNS",
        "In the Google Cloud console open Cloud DNS, the zone, and add a record set of type TXT. A domain that came from Google Domains is managed at Squarespace instead.",
        "https://cloud.google.com/dns/docs/records", &["googledomains.com"]),
    host("hetzner", "Hetzner",
        "In the Hetzner console open DNS, the zone, and add a record of type TXT. Put the value in double quotes.",
        "https://docs.hetzner.com/",
        &["ns.hetzner.com", "ns.hetzner.de", "first-ns.de", "second-ns.de", "second-ns.com", "your-server.de"]),
    host("hostgator", "HostGator",
        "In the HostGator customer portal open Domains, the domain, DNS, and add a record of type TXT.",
        "https://www.hostgator.com/help", &["hostgator.com"]),
    host("hostinger", "Hostinger",
        "In hPanel open Domains, the domain, DNS / Nameservers, and add a record of type TXT.",
        "https://support.hostinger.com/en/", &["dns-parking.com", "hostinger.com"]),
    DnsHost {
        slug: "hurricane_electric",
        name: "Hurricane Electric",
        path: "At dns.he.net open the zone's editor and add a new TXT record.",
        name_field: NameField::Full,
        documentation: "https://dns.he.net/",
        servers: &["he.net"],
    },
    host("infomaniak", "Infomaniak",
        "In the Infomaniak manager open Domains, the domain, DNS Zone, and add a record of type TXT.",
        "https://www.infomaniak.com/en/support", &["infomaniak.ch", "infomaniak.com"]),
    host("interneto_vizija", "Interneto vizija",
        "In the client area of iv.lt choose the domain, open its DNS zone and add a record of type TXT.",
        "https://www.iv.lt/", &["serveriai.lt"]),
    host("inwx", "INWX",
        "At INWX open Nameserver, the domain, and add a record of type TXT.",
        "https://kb.inwx.com/", &["inwx.de", "inwx.net", "inwx.eu"]),
    host("ionos", "IONOS",
        "At IONOS open Domains & SSL, the domain, DNS, and add a record of type TXT.",
        "https://www.ionos.com/help/domains/", &["ui-dns.com", "ui-dns.org", "ui-dns.de", "ui-dns.biz"]),
    host("linode", "Akamai Cloud (Linode)",
        "In Cloud Manager open Domains, the domain, and add a TXT record.",
        "https://techdocs.akamai.com/cloud-computing/docs/dns-manager", &["linode.com"]),
    host("loopia", "Loopia",
        "In the Loopia customer zone open the domain's DNS editor, add a subdomain for the name and a TXT record to it.",
        "https://support.loopia.com/", &["loopia.se"]),
    host("namecheap", "Namecheap",
        "At Namecheap open Domain List, Manage, Advanced DNS, and add a new TXT record.",
        "https://www.namecheap.com/support/knowledgebase/", &["registrar-servers.com", "namecheaphosting.com"]),
    host("name_com", "Name.com",
        "At Name.com open My Domains, the domain, Manage DNS Records, and add a record of type TXT.",
        "https://www.name.com/support", &["name.com"]),
    host("network_solutions", "Network Solutions",
        "At Network Solutions open the domain's Advanced Tools, Manage Advanced DNS Records, and add a TXT record.",
        "https://www.networksolutions.com/help", &["worldnic.com"]),
    host("ns1", "NS1 or Netlify",
        "In Netlify open Domain management, the domain, DNS records; in NS1 open the zone. Add a record of type TXT.",
        "https://docs.netlify.com/", &["nsone.net"]),
    host("one_com", "one.com",
        "In the one.com control panel open DNS settings, DNS records, and create a record of type TXT.",
        "https://help.one.com/", &["one.com"]),
    host("ovh", "OVHcloud",
        "In the OVHcloud control panel open Domain names, the domain, DNS zone, and add an entry of type TXT.",
        "https://help.ovhcloud.com/", &["ovh.net", "ovh.ca", "anycast.me"]),
    host("porkbun", "Porkbun",
        "At Porkbun open Domain Management, the domain's DNS, and add a record of type TXT.",
        "https://kb.porkbun.com/", &["ns.porkbun.com"]),
    host("scaleway", "Scaleway",
        "In the Scaleway console open Domains and DNS, the zone, and add a record of type TXT.",
        "https://www.scaleway.com/en/docs/", &["dom.scw.cloud"]),
    host("siteground", "SiteGround",
        "In SiteGround's Site Tools open Domain, DNS Zone Editor, and create a TXT record.",
        "https://www.siteground.com/kb/", &["siteground.net", "sgvps.net"]),
    host("squarespace", "Squarespace",
        "At Squarespace open Domains, the domain, DNS, DNS Settings, and add a custom record of type TXT.",
        "https://support.squarespace.com/", &["squarespacedns.com"]),
    host("strato", "STRATO",
        "In the STRATO customer login open Domains, the domain, DNS, TXT records, and add one.",
        "https://www.strato.de/faq/", &["rzone.de"]),
    host("vercel", "Vercel",
        "In Vercel open Domains, the domain, and add a DNS record of type TXT.",
        "https://vercel.com/docs/domains/managing-dns-records", &["vercel-dns.com"]),
    host("wix", "Wix",
        "In Wix open Domains, the domain's actions, Manage DNS Records, and add a record under TXT.",
        "https://support.wix.com/", &["wixdns.net"]),
    host("wordpress_com", "WordPress.com",
        "At WordPress.com open Domains, the domain, DNS records, and add a record of type TXT.",
        "https://wordpress.com/support/domains/custom-dns/", &["wordpress.com"]),
    host("yandex", "Yandex 360",
        "In Yandex 360 for Business open Domains, the domain, DNS records, and add a record of type TXT.",
        "https://yandex.com/support/", &["yandex.net"]),
];

/// The host that a name server belongs to.
pub(super) fn host_of(server: &str) -> Option<&'static DnsHost> {
    HOSTS
        .iter()
        .find(|host| host.servers.iter().any(|end| ends_with(server, end)))
}

/// Whether the last labels of a name are these.
fn ends_with(name: &str, end: &str) -> bool {
    let mut labels = name.rsplit('.');
    end.rsplit('.')
        .all(|wanted| labels.next().is_some_and(|label| matches(label, wanted)))
}

fn matches(label: &str, wanted: &str) -> bool {
    match wanted.strip_suffix('#') {
        None => label.eq_ignore_ascii_case(wanted),
        Some(start) => {
            let number = label
                .get(..start.len())
                .filter(|head| head.eq_ignore_ascii_case(start))
                .map(|_| &label[start.len()..]);
            number.is_some_and(|digits| {
                (1..=3).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sound() {
        assert!(HOSTS.len() >= 20);
        let mut slugs: Vec<_> = HOSTS.iter().map(|host| host.slug).collect();
        slugs.sort_unstable();
        slugs.dedup();
        assert_eq!(slugs.len(), HOSTS.len(), "a slug stands twice");
        for host in HOSTS {
            assert!(
                host.slug
                    .bytes()
                    .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_'))
            );
            assert!(
                host.path.ends_with('.') && host.path.contains("TXT"),
                "{}",
                host.slug
            );
            assert!(host.documentation.starts_with("https://"), "{}", host.slug);
            assert!(!host.servers.is_empty());
            for end in host.servers {
                let server = format!("ns1.{}", end.replace('#', "07"));
                assert_eq!(host_of(&server), Some(host), "{server} is somebody else's");
                assert!(end.contains('.') && *end == end.to_ascii_lowercase());
            }
        }
    }

    #[test]
    fn servers_belong_to_their_hosts() {
        for (server, slug) in [
            ("ana.ns.cloudflare.com", "cloudflare"),
            ("ns-1907.awsdns-46.co.uk", "aws_route53"),
            ("NS-58.AWSDNS-07.COM", "aws_route53"),
            ("ns1-03.azure-dns.com", "azure"),
            ("ns-cloud-a1.googledomains.com", "google_cloud"),
            ("ns43.domaincontrol.com", "godaddy"),
            ("dns1.registrar-servers.com", "namecheap"),
            ("hydrogen.ns.hetzner.com", "hetzner"),
            ("ns1050.ui-dns.biz", "ionos"),
            ("dns200.anycast.me", "ovh"),
            ("ns1.vercel-dns.com", "vercel"),
            ("dns1.p04.nsone.net", "ns1"),
            ("curitiba.ns.porkbun.com", "porkbun"),
            ("ns1.serveriai.lt", "interneto_vizija"),
        ] {
            assert_eq!(
                host_of(server).map(|host| host.slug),
                Some(slug),
                "{server}"
            );
        }
    }

    #[test]
    fn whole_labels_have_to_agree() {
        for server in [
            "ns.notcloudflare.com",
            "cloudflare.com",
            "ns.cloudflare.com.evil.example",
            "evilns.cloudflare.com.example.net",
            "xdomaincontrol.com",
            "ns1.awsdns-.com",
            "ns1.awsdns-x1.com",
            "ns1.awsdns-12345.com",
            "ns1.awsdns-12.evil.com",
            "ns1.awsdns-12.co",
            "ns1.aw\u{17f}dns-12.com",
            "com",
            "",
        ] {
            assert_eq!(host_of(server), None, "{server}");
        }
    }
}
